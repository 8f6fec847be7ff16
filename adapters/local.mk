# Adapters: one file per foreign format. Inputs first, outputs below; each test is one line.
noinst_LTLIBRARIES += adapters/libadapters.la
adapters_libadapters_la_SOURCES =
adapters_libadapters_la_LIBADD = $(XML_LIBS) $(HDF5_LIBS) $(MATIO_LIBS) $(MUPARSER_LIBS) -lm

# inputs
adapters_libadapters_la_SOURCES += \
	adapters/cc3dml.c adapters/cc3dml.h \
	adapters/cc3dml-energies.c \
	adapters/cc3dml-potts.c \
	adapters/cc3dml-start.c \
	adapters/cc3dml-words.c \
	adapters/cells-csv.c adapters/cells-csv.h \
	adapters/expression.c adapters/expression.h \
	adapters/initial-bodies.c \
	adapters/initial-state.c \
	adapters/lattice-state.c adapters/lattice-state.h \
	adapters/morpheus.c adapters/morpheus.h \
	adapters/morpheus-cpm.c \
	adapters/morpheus-objects.c \
	adapters/morpheus-places.c \
	adapters/morpheus-populations.c \
	adapters/morpheus-space.c \
	adapters/morpheus-symbols.c adapters/morpheus-symbols.h \
	adapters/morpheus-types.c \
	adapters/morpheus-values.c \
	adapters/morpheus-words.c \
	adapters/morpheus-write.c \
	adapters/multicellds.c adapters/multicellds.h \
	adapters/multicellds-mat.c \
	adapters/multicellds-series.c \
	adapters/native.c adapters/native.h \
	adapters/native-bodies.c \
	adapters/native-parts.c \
	adapters/particle-state.c adapters/particle-state.h \
	adapters/physicell.c adapters/physicell.h \
	adapters/physicell-life.c \
	adapters/physicell-settings.c \
	adapters/physicell-types.c \
	adapters/physicell-words.c \
	adapters/piff.c adapters/piff.h \
	adapters/reader.c adapters/reader.h \
	adapters/scenario.c adapters/scenario.h \
	adapters/state.c adapters/state.h \
	adapters/training.c adapters/training.h \
	adapters/training-check.c adapters/training-conditions.c adapters/training-data.c adapters/training-model.c

# Models open their own folders: this reader stands below them, where what they call is found.
plugin_libbase_la_SOURCES += \
	adapters/file.c adapters/file.h \
	adapters/model-xml.c \
	adapters/trained-network.c adapters/trained-network.h \
	adapters/training-cost.c adapters/training-cost.h \
	adapters/parameters.c adapters/parameters.h \
	adapters/xml.c adapters/xml.h \
	adapters/xml-values.c adapters/xml-values.h \
	models/description.c models/description.h models/description-private.h
plugin_libbase_la_LIBADD += $(XML_LIBS)

nobase_dist_pkgdata_DATA += schemas/epns-model.xsd schemas/epns-scenario.xsd schemas/epns-training.xsd
EXTRA_DIST += \
	schemas/examples/model-hybrid-valid.xml \
	schemas/examples/model-invalid-hybrid.xml \
	schemas/examples/model-invalid-kind.xml \
	schemas/examples/model-invalid-path.xml \
	schemas/examples/model-invalid-step.xml \
	schemas/examples/model-valid.xml \
	schemas/examples/scenario-invalid-attribute.xml \
	schemas/examples/scenario-invalid-bodies.xml \
	schemas/examples/scenario-invalid-order.xml \
	schemas/examples/scenario-invalid-side.xml \
	schemas/examples/scenario-invalid-version.xml \
	schemas/examples/scenario-valid.xml \
	schemas/examples/scenario-valid-particles.xml \
	schemas/examples/training-invalid-order.xml \
	schemas/examples/training-invalid-output.xml \
	schemas/examples/training-invalid-steps.xml \
	schemas/examples/training-invalid-use.xml \
	schemas/examples/training-valid.xml

check_PROGRAMS += tests/test-xml tests/test-piff tests/test-cc3dml tests/test-cc3dml-scenarios tests/test-morpheus tests/test-morpheus-scenarios \
	tests/test-native tests/test-particles \
	tests/test-model-xml tests/test-initial-state tests/test-lattice-state tests/test-readers-fuzz tests/test-training \
	tests/test-physicell tests/test-physicell-scenarios tests/test-cells-csv tests/test-multicellds
tests_test_initial_state_SOURCES = tests/test-initial-state.c tests/npz.c
EXTRA_DIST += tests/reading.h tests/saves.h tests/scenarios.h tests/golden/morpheus-hexagons.xml


# outputs

adapters_libadapters_la_SOURCES += \
	adapters/centres.c adapters/centres.h \
	adapters/hdf5-frames.c adapters/hdf5-frames.h \
	adapters/hdf5-io.c adapters/hdf5-io.h adapters/hdf5-layout.h \
	adapters/hdf5-lattice.c adapters/hdf5-particles.c \
	adapters/hdf5-read.c adapters/hdf5-read.h adapters/hdf5-write.c \
	adapters/npy.c adapters/npy.h adapters/npy-frames.c adapters/npy-frames.h \
	adapters/openvt-table.c adapters/openvt-table.h \
	adapters/openvt-recording.c adapters/openvt-recording.h \
	adapters/openvt-csv.c adapters/openvt-csv.h \
	adapters/output-file.c adapters/output-file.h \
	adapters/trajectory.c adapters/trajectory.h adapters/trajectory-private.h \
	adapters/trajectory-file.c adapters/trajectory-meta.c adapters/trajectory-npy.c \
	adapters/trajectory-npy-particles.c adapters/trajectory-xyz.c

check_PROGRAMS += tests/test-trajectory tests/test-swarm tests/test-npy tests/test-openvt-csv tests/test-hdf5
EXTRA_DIST += doc/hdf5-layout.md tests/swarm.h tests/tissue.h

# CompuCell3D's snapshots
adapters_libadapters_la_SOURCES += adapters/vtk.c adapters/vtk.h adapters/vtk-folder.c
check_PROGRAMS += tests/test-vtk
EXTRA_DIST += tests/snapshot.h
