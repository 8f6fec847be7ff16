# Examples: one folder each, with what it should print; installed as they are.
nobase_dist_pkgdata_DATA += \
	examples/cell-sorting/demo.epns.xml \
	examples/cell-sorting/README.md \
	examples/cell-sorting/fixed_init.piff \
	examples/cell-sorting/sorting.epns.xml \
	examples/cell-sorting/sorting.xml \
	examples/cell-sorting/sorting_pif.xml \
	examples/hosts/artistoo/README.md \
	examples/hosts/artistoo/epns.js \
	examples/hosts/artistoo/package.json \
	examples/hosts/bmi/README.md \
	examples/hosts/bmi/bmi_table.h \
	examples/hosts/bmi/cpm.bmi \
	examples/hosts/bmi/epns_bmi.c \
	examples/hosts/bmi/epns_bmi.h \
	examples/hosts/bmi/settings.c \
	examples/hosts/bmi/settings.h \
	examples/hosts/c++/README.md \
	examples/hosts/c++/epns.hpp \
	examples/hosts/c++/host.cpp \
	examples/hosts/c/README.md \
	examples/hosts/c/host.c \
	examples/hosts/compucell3d/README.md \
	examples/hosts/compucell3d/epns_rules.h \
	examples/hosts/compucell3d/epns_step.cpp \
	examples/hosts/compucell3d/epns_steppable.py \
	examples/hosts/compucell3d/sorting/Simulation/sorting.py \
	examples/hosts/compucell3d/sorting/Simulation/sorting.xml \
	examples/hosts/compucell3d/sorting/sorting.cc3d \
	examples/hosts/lammps/README.md \
	examples/hosts/lammps/host.cpp \
	examples/hosts/lammps/in.bodies \
	examples/hosts/morpheus/README.md \
	examples/hosts/morpheus/sorting.xml \
	examples/hosts/physicell/README.md \
	examples/hosts/physicell/epns_mechanics.cpp \
	examples/hosts/physicell/epns_mechanics.h \
	examples/hosts/python/README.md \
	examples/hosts/python/epns.py \
	examples/nbody/README.md \
	examples/nbody/system.epns.xml \
	examples/nbody/training.xml \
	examples/openvt/README.md \
	examples/openvt/sorting.epns.xml \
	examples/physicell-sorting/README.md \
	examples/physicell-sorting/cells.csv \
	examples/physicell-sorting/sorting.epns.xml \
	examples/physicell-sorting/sorting.xml \
	examples/physicell-sorting/training.xml \
	examples/train-cellsort/README.md \
	examples/train-cellsort/tissue.epns.xml \
	examples/train-cellsort/training.xml

dist_check_SCRIPTS += tests/test-hosts.sh tests/test-hosts-artistoo.sh tests/test-hosts-bmi.sh tests/test-hosts-compucell3d.sh \
	tests/test-hosts-lammps.sh tests/test-hosts-python.sh
EXTRA_DIST += tests/hosts-artistoo.js tests/hosts-bmi.c tests/hosts-compucell3d.py tests/hosts-python.py

# The main job, from this build: native beside learned on the cell-sorting scenario, ending in pictures and a table.
demo: all
	@EPNS_PLUGIN_PATH='$(abs_builddir)/plugin/.libs/epns.so' EPNS_DATADIR='$(abs_srcdir)' \
	  tools/epns compare '$(srcdir)/examples/cell-sorting/demo.epns.xml' --learned learned -o demo
	@echo "Look at $(abs_builddir)/demo/report.html, or at snapshots.png and curves.png beside it."
.PHONY: demo
