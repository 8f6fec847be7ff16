# Examples: one folder each, with what it should print; installed as they are.
nobase_dist_pkgdata_DATA += \
	examples/cell-sorting/README.md \
	examples/cell-sorting/fixed_init.piff \
	examples/cell-sorting/sorting.epns.xml \
	examples/cell-sorting/sorting.xml \
	examples/cell-sorting/sorting_pif.xml
