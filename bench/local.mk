# Benches: what steps cost. Built and run by `make bench` only, one after the other, so that none disturbs another.
BENCHES += bench/bench-cpm bench/bench-nn bench/bench-lattice bench/bench-train bench/bench-particles bench/bench-graph
bench_bench_cpm_SOURCES = bench/bench-cpm.c bench/clock.h
bench_bench_particles_SOURCES = bench/bench-particles.c bench/clock.h
bench_bench_graph_SOURCES = bench/bench-graph.c bench/clock.h
bench_bench_nn_SOURCES = bench/bench-nn.c bench/clock.h bench/product.c bench/product.h
bench_bench_lattice_SOURCES = bench/bench-lattice.c bench/product.c bench/product.h
EXTRA_PROGRAMS += $(BENCHES)
CLEANFILES += $(BENCHES)

bench: $(BENCHES)
	@for b in $(BENCHES); do ./$$b || exit 1; echo; done
.PHONY: bench
# The networks and trainers in PyTorch that ours are measured against.
EXTRA_DIST += \
	bench/torch/bench_graph.py bench/torch/bench_step.py bench/torch/local_lattice.py bench/torch/local_sites.py bench/torch/make_fixture.py bench/torch/make_gradients.py \
	bench/torch/safetensors_io.py
