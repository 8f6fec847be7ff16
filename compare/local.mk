# Compare: observables, statistics, figures.
noinst_LTLIBRARIES += compare/libcompare.la
compare_libcompare_la_SOURCES = \
	compare/analysis.c compare/analysis.h \
	compare/animation.c compare/animation.h \
	compare/apng.c compare/apng.h \
	compare/axis.c compare/axis.h \
	compare/bonds.h \
	compare/calibration.c compare/calibration.h \
	compare/canvas.c compare/canvas.h \
	compare/compare.c compare/compare.h \
	compare/components.c compare/components.h compare/pieces.h \
	compare/delaunay.c compare/delaunay.h \
	compare/distances.c compare/distances.h \
	compare/ensemble.c compare/ensemble.h \
	compare/figure-curves.c compare/figure-curves.h \
	compare/figure-fidelity.c compare/figure-fidelity.h \
	compare/figure-lattice.c compare/figure-lattice.h \
	compare/figure-learning.c compare/figure-learning.h \
	compare/figure-particles.c compare/figure-particles.h \
	compare/horizon.c compare/horizon.h \
	compare/ks.c compare/ks.h \
	compare/measure-shape.c \
	compare/measures.c compare/measures.h compare/measures-private.h \
	compare/multiplicity.c compare/multiplicity.h \
	compare/observables.c compare/observables.h compare/observables/all.h \
	compare/observables/aspect-ratio.c \
	compare/observables/cell-boundary.c \
	compare/observables/clusters.c \
	compare/observables/clusters-of-type.c \
	compare/observables/displacement.c \
	compare/observables/fragments.c \
	compare/observables/hamiltonian.c \
	compare/observables/heterotypic-boundary.c \
	compare/observables/largest-cluster.c \
	compare/observables/kinetic-energy.c \
	compare/observables/lost-cells.c \
	compare/observables/medium-boundary.c \
	compare/observables/momentum.c \
	compare/observables/nearest-distance.c \
	compare/observables/neighbours.c \
	compare/observables/path-length.c \
	compare/observables/perimeter.c \
	compare/observables/potential-energy.c \
	compare/observables/radial-order.c \
	compare/observables/speed.c \
	compare/observables/squared-displacement.c \
	compare/observables/total-energy.c \
	compare/observables/unlike-fraction.c \
	compare/observables/volume.c \
	compare/observables/volume-spread.c \
	compare/observables/voronoi-connections.c \
	compare/observables/voronoi-length.c \
	compare/openvt.c compare/openvt.h \
	compare/openvt-report.c compare/openvt-report.h \
	compare/pictures.c compare/pictures.h \
	compare/plot.c compare/plot.h \
	compare/report.c compare/report.h compare/report-private.h \
	compare/report-data.c compare/report-html.c compare/report-style.h compare/report-text.c \
	compare/rollout.c compare/rollout.h \
	compare/scores.c compare/scores.h \
	compare/statistics.c compare/statistics.h \
	compare/swarm.c compare/swarm.h \
	compare/sweep.h \
	compare/table.c compare/table.h \
	compare/table-parts.c compare/table-parts.h \
	compare/verdict.c compare/verdict.h \
	compare/voronoi.c compare/voronoi.h \
	compare/words.c compare/words.h
compare_libcompare_la_LIBADD = $(CAIRO_LIBS) $(QHULL_LIBS) $(JSON_LIBS) -lm

check_PROGRAMS += tests/test-observables tests/test-statistics tests/test-statistics-reference tests/test-table tests/test-figures tests/test-openvt tests/test-report tests/test-rollout tests/test-voronoi
dist_check_SCRIPTS += tests/test-statistics-scipy.sh
EXTRA_DIST += tests/golden/statistics.json tests/golden/statistics.py
