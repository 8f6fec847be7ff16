# Benches: what steps cost. `make bench` builds them and runs bench/run.sh, which runs them in turn with PyTorch's twins and
# prints a table of ratios; EPNS_BENCH=full takes longer.
BENCHES += bench/bench-cpm bench/bench-ensemble bench/bench-graph bench/bench-lattice bench/bench-nn bench/bench-particles \
	bench/bench-shipped bench/bench-train
bench_bench_cpm_SOURCES = bench/bench-cpm.c bench/clock.h bench/line.h
bench_bench_ensemble_SOURCES = bench/bench-ensemble.c bench/clock.h bench/line.h bench/shipped.h
bench_bench_graph_SOURCES = bench/bench-graph.c bench/clock.h bench/line.h
bench_bench_lattice_SOURCES = bench/bench-lattice.c bench/clock.h bench/line.h bench/product.c bench/product.h
bench_bench_nn_SOURCES = bench/bench-nn.c bench/clock.h bench/line.h bench/product.c bench/product.h bench/scenes.h
bench_bench_particles_SOURCES = bench/bench-particles.c bench/clock.h bench/line.h
bench_bench_shipped_SOURCES = bench/bench-shipped.c bench/clock.h bench/line.h bench/shipped.h
bench_bench_train_SOURCES = bench/bench-train.c bench/line.h
if DNNL
BENCHES += bench/bench-dnnl
bench_bench_dnnl_SOURCES = bench/bench-dnnl.c bench/clock.h bench/line.h bench/scenes.h
bench_bench_dnnl_LDADD = -ldnnl $(GLIB_LIBS)
endif
EXTRA_PROGRAMS += $(BENCHES)
CLEANFILES += $(BENCHES)

bench: $(BENCHES)
	EPNS_SRCDIR=$(abs_top_srcdir) $(SHELL) $(srcdir)/bench/run.sh
.PHONY: bench
check-local: $(BENCHES) # built, so that no change leaves them behind
mostlyclean-local:
	rm -rf bench/results
EXTRA_DIST += bench/bars bench/earlier.jsonl bench/run.sh bench/table.awk
# The networks and trainers in PyTorch that ours are measured against.
EXTRA_DIST += \
	bench/torch/bench_graph.py bench/torch/bench_lattice.py bench/torch/bench_step.py bench/torch/line.py \
	bench/torch/local_lattice.py bench/torch/local_sites.py bench/torch/make_fixture.py bench/torch/make_gradients.py \
	bench/torch/published_lattice.py bench/torch/safetensors_io.py
