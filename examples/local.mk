# Room: examples.
