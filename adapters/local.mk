# Adapters: one file per foreign format. Inputs first, outputs below; each test is one line.
noinst_LTLIBRARIES += adapters/libadapters.la
adapters_libadapters_la_SOURCES =
adapters_libadapters_la_LIBADD = plugin/libbase.la $(XML_LIBS) $(HDF5_LIBS) -lm

# inputs

# outputs

