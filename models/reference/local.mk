# The mechanistic references: the Cellular Potts model, one file per term of its Hamiltonian;
# gravitating bodies; PhysiCell's mechanics.
models_libmodels_la_SOURCES += \
	models/reference/cpm.c models/reference/cpm.h \
	models/reference/cpm-connectivity.c \
	models/reference/cpm-contact.c \
	models/reference/cpm-energy.h \
	models/reference/cpm-kind.c \
	models/reference/cpm-lattice.c models/reference/cpm-lattice.h \
	models/reference/cpm-bonds.c models/reference/cpm-bonds.h \
	models/reference/cpm-rules.c \
	models/reference/cpm-state.c \
	models/reference/cpm-surface.c \
	models/reference/cpm-volume.c \
	models/reference/kind.c models/reference/kind.h \
	models/reference/nbody.c models/reference/nbody.h \
	models/reference/nbody-kind.c \
	models/reference/neighbourhood.c models/reference/neighbourhood.h \
	models/reference/params.c models/reference/params.h \
	models/reference/particles.c models/reference/particles.h \
	models/reference/physicell.h \
	models/reference/physicell-kind.c \
	models/reference/physicell-motility.c \
	models/reference/physicell-rules.c \
	models/reference/physicell-velocity.c

check_PROGRAMS += \
	tests/test-cpm \
	tests/test-cpm-compucell3d \
	tests/test-cpm-energy \
	tests/test-cpm-morpheus \
	tests/test-cpm-statistics \
	tests/test-nbody \
	tests/test-nbody-order \
	tests/test-neighbourhood \
	tests/test-physicell-mechanics
tests_test_cpm_compucell3d_SOURCES = tests/test-cpm-compucell3d.c tests/npz.c
tests_test_physicell_mechanics_SOURCES = tests/test-physicell-mechanics.c tests/npz.c
EXTRA_DIST += tests/cpm-brute.h tests/cpm-setup.h tests/kind-setup.h tests/particles-setup.h \
	tests/golden/cellsort-gg-seed01.u8
