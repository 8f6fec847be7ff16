# Compare: observables, statistics, figures.
noinst_LTLIBRARIES += compare/libcompare.la
compare_libcompare_la_SOURCES = \
	compare/axis.c compare/axis.h \
	compare/bonds.h \
	compare/calibration.c compare/calibration.h \
	compare/canvas.c compare/canvas.h \
	compare/compare.c compare/compare.h \
	compare/components.c compare/components.h \
	compare/distances.c compare/distances.h \
	compare/ensemble.c compare/ensemble.h \
	compare/figure-curves.c compare/figure-curves.h \
	compare/figure-lattice.c compare/figure-lattice.h \
	compare/figure-learning.c compare/figure-learning.h \
	compare/ks.c compare/ks.h \
	compare/measures.c compare/measures.h \
	compare/multiplicity.c compare/multiplicity.h \
	compare/observables.c compare/observables.h \
	compare/scores.c compare/scores.h \
	compare/statistics.c compare/statistics.h \
	compare/sweep.h \
	compare/table.c compare/table.h
compare_libcompare_la_LIBADD = $(CAIRO_LIBS) $(JSON_LIBS) -lm

check_PROGRAMS += tests/test-observables tests/test-statistics tests/test-statistics-reference tests/test-table tests/test-figures
dist_check_SCRIPTS += tests/test-statistics-scipy.sh
EXTRA_DIST += tests/golden/statistics.json tests/golden/statistics.py
