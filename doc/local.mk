# Documentation.
dist_man_MANS += doc/epns.1
EXTRA_DIST += doc/architecture.md doc/experiments.md doc/hdf5-layout.md doc/hosts.md doc/performance.md doc/images/demo-snapshots.png doc/images/report.png doc/images/physicell-snapshots.png doc/images/nbody-snapshots.png

# Pages to read: the headers and documents by doxygen, the manual by groff.
doc:
	@command -v doxygen >/dev/null || { echo 'doxygen is missing; apt-get install doxygen' >&2; exit 1; }
	@command -v groff >/dev/null || { echo 'groff is missing; apt-get install groff' >&2; exit 1; }
	doxygen doc/Doxyfile
	groff -mandoc -Thtml '$(srcdir)/doc/epns.1' > doc/epns.1.html
	@echo "Look at $(abs_builddir)/doc/html/index.html; the manual is doc/epns.1.html beside it."
.PHONY: doc
clean-local:
	-rm -rf doc/html doc/epns.1.html demo
