# Tests: programs by Check, listed in their room's local.mk; scripts here.
TESTS = $(check_PROGRAMS) $(dist_check_SCRIPTS)
LDADD = compare/libcompare.la adapters/libadapters.la models/libmodels.la plugin/libbase.la \
	$(CHECK_LIBS) $(GLIB_LIBS) $(JSON_LIBS) -lm

AM_TESTS_ENVIRONMENT = \
	EPNS_SRCDIR='$(abs_top_srcdir)'; export EPNS_SRCDIR; \
	EPNS_BUILDDIR='$(abs_top_builddir)'; export EPNS_BUILDDIR; \
	EPNS_DATADIR='$(abs_top_srcdir)'; export EPNS_DATADIR; \
	EPNS_PLUGIN_PATH='$(abs_top_builddir)/plugin/.libs/epns.so'; export EPNS_PLUGIN_PATH; \
	CC='$(CC)'; export CC; CXX='$(CXX)'; export CXX; SANITIZE='$(SANITIZE)'; export SANITIZE; \
	LSAN_OPTIONS='suppressions=$(abs_top_srcdir)/tests/lsan.supp:print_suppressions=0'; export LSAN_OPTIONS;
TEST_EXTENSIONS = .sh
SH_LOG_COMPILER = $(SHELL)

check_PROGRAMS += tests/test-near tests/test-random tests/test-view tests/test-archive tests/test-parallel

# The suite again under valgrind, and in a build of its own with the sanitizers.
VALGRIND = valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
	--suppressions=$(abs_top_srcdir)/tests/valgrind.supp --gen-suppressions=all
check-valgrind:
	CK_FORK=no CK_DEFAULT_TIMEOUT=0 EPNS_UNDER_VALGRIND=1 $(MAKE) check \
	  LOG_COMPILER='$(LIBTOOL) --mode=execute $(VALGRIND)' TESTS='$(check_PROGRAMS)'
check-asan:
	$(MKDIR_P) build-asan
	cd build-asan && $(abs_top_srcdir)/configure --quiet --enable-sanitizers CFLAGS='-O1 -g' CXXFLAGS='-O1 -g' && \
	  CK_FORK=no $(MAKE) --no-print-directory check
.PHONY: check-valgrind check-asan

EXTRA_DIST += tests/valgrind.supp tests/lsan.supp tests/suite.h tests/correlation-setup.h tests/npz.c tests/npz.h

# What the step interface promises, for every kind the plugin offers.
check_PROGRAMS += tests/test-conformance
tests_test_conformance_SOURCES = tests/test-conformance.c tests/conformance/subject.c tests/conformance/subject.h
tests_test_conformance_LDADD = plugin/libepns.la $(LDADD)
EXTRA_DIST += tests/conformance/cpm.epns.xml tests/conformance/epns-lattice-passes.epns.xml \
	tests/conformance/nbody.epns.xml tests/conformance/physicell-mechanics.epns.xml
