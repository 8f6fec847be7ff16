# Room: bench.
