# The boundary: what every room stands on, the loader that hosts link, and the plugin itself.
noinst_LTLIBRARIES += plugin/libbase.la
plugin_libbase_la_SOURCES = \
	plugin/archive.c plugin/archive.h \
	plugin/datadir.c plugin/datadir.h \
	plugin/epns_about.h plugin/epns_step.h plugin/epns_train.h plugin/epns_validity.h \
	plugin/epns_verify.h \
	plugin/error.c plugin/error.h \
	plugin/kinds.h \
	plugin/near.c plugin/near.h \
	plugin/parallel.c plugin/parallel.h \
	plugin/random.c plugin/random.h \
	plugin/view.c plugin/view.h
plugin_libbase_la_CPPFLAGS = $(AM_CPPFLAGS) -DEPNS_SOURCE_DIR='"$(abs_top_srcdir)"'
plugin_libbase_la_LIBADD = $(GLIB_LIBS) -lm

include_HEADERS += plugin/epns_about.h plugin/epns_step.h plugin/epns_loader.h plugin/epns_train.h \
	plugin/epns_validity.h plugin/epns_verify.h
pkgconfig_DATA = epns.pc

# For hosts: plain C, depends on the C library alone.
lib_LTLIBRARIES += plugin/libepns.la
plugin_libepns_la_SOURCES = plugin/loader.c plugin/epns_loader.h
plugin_libepns_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -Wl,-z,defs
plugin_libepns_la_LIBADD = -ldl
if SANITIZERS
plugin_libepns_la_LDFLAGS += -Wl,-z,undefs
endif

# The plugin: one exported symbol; never unloaded, since GLib cannot be.
pkglib_LTLIBRARIES += plugin/epns.la
plugin_epns_la_SOURCES = plugin/entry.c
plugin_epns_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -export-symbols-regex '^epns_step_v1$$' \
	-Wl,-z,nodelete -Wl,-Bsymbolic
plugin_epns_la_LIBADD = models/libmodels.la plugin/libbase.la

EXTRA_DIST += plugin/epns.pc.in

check_PROGRAMS += tests/test-loader
tests_test_loader_LDADD = plugin/libepns.la $(LDADD)
check_LTLIBRARIES = tests/plugin-other-abi.la tests/plugin-hollow.la
tests_plugin_other_abi_la_SOURCES = tests/plugin-other-abi.c
tests_plugin_other_abi_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
tests_plugin_hollow_la_SOURCES = tests/plugin-hollow.c
tests_plugin_hollow_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
dist_check_SCRIPTS += tests/test-header.sh tests/test-one-symbol.sh
