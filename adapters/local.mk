# Adapters: one file per foreign format. Inputs first, outputs below; each test is one line.
noinst_LTLIBRARIES += adapters/libadapters.la
adapters_libadapters_la_SOURCES =
adapters_libadapters_la_LIBADD = $(XML_LIBS) $(HDF5_LIBS) -lm

# inputs
adapters_libadapters_la_SOURCES += \
	adapters/lattice-state.c adapters/lattice-state.h \
	adapters/scenario.h

# Models open their own folders: this reader stands below them, where what they call is found.
plugin_libbase_la_SOURCES += \
	models/description.c models/description.h models/description-private.h


# outputs

