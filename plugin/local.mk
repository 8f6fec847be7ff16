# The boundary: what every room stands on, the loader that hosts link, and the plugin itself.
noinst_LTLIBRARIES += plugin/libbase.la
plugin_libbase_la_SOURCES = \
	plugin/archive.c plugin/archive.h \
	plugin/datadir.c plugin/datadir.h \
	plugin/epns_step.h \
	plugin/error.c plugin/error.h \
	plugin/parallel.c plugin/parallel.h \
	plugin/random.c plugin/random.h \
	plugin/view.c plugin/view.h
plugin_libbase_la_CPPFLAGS = $(AM_CPPFLAGS) -DEPNS_SOURCE_DIR='"$(abs_top_srcdir)"'
plugin_libbase_la_LIBADD = $(GLIB_LIBS) -lm

EXTRA_DIST += plugin/epns.pc.in
