# Room: tools.
