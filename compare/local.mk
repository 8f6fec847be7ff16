# Compare: observables, statistics, figures.
noinst_LTLIBRARIES += compare/libcompare.la
compare_libcompare_la_SOURCES =
compare_libcompare_la_LIBADD = $(CAIRO_LIBS) -lm
