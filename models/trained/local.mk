# Models that ship: what they are, their weights, and a card that says how they came about and how good they are.
nobase_dist_pkgdata_DATA += \
	models/trained/cellsort-demo/CARD.md \
	models/trained/cellsort-demo/model.xml \
	models/trained/cellsort-demo/weights.safetensors
check_PROGRAMS += tests/test-trained
