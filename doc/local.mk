# Documentation.
dist_man_MANS += doc/epns.1
EXTRA_DIST += doc/architecture.md doc/hdf5-layout.md doc/images/demo-snapshots.png doc/images/demo-curves.png
