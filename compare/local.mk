# Compare: observables, statistics, figures.
noinst_LTLIBRARIES += compare/libcompare.la
compare_libcompare_la_SOURCES = \
	compare/bonds.h \
	compare/components.c compare/components.h \
	compare/measures.c compare/measures.h \
	compare/observables.c compare/observables.h \
	compare/statistics.c compare/statistics.h
compare_libcompare_la_LIBADD = $(CAIRO_LIBS) -lm

check_PROGRAMS += tests/test-observables tests/test-statistics
