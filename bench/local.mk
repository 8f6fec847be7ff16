# Benches: what steps cost. Built and run by `make bench` only, one after the other, so that none disturbs another.
BENCHES += bench/bench-cpm bench/bench-nn bench/bench-train
EXTRA_PROGRAMS += $(BENCHES)
CLEANFILES += $(BENCHES)

bench: $(BENCHES)
	@for b in $(BENCHES); do ./$$b || exit 1; echo; done
.PHONY: bench
# The networks and trainers in PyTorch that ours are measured against.
EXTRA_DIST += \
	bench/torch/bench_step.py bench/torch/local_lattice.py bench/torch/make_fixture.py bench/torch/make_gradients.py \
	bench/torch/safetensors_io.py bench/torch/train_local.py
