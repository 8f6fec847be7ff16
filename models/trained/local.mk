# Models that ship: what they are, their weights, and a card that says how they came about and how good they are.
nobase_dist_pkgdata_DATA += \
	models/trained/cellsort-demo/CARD.md \
	models/trained/cellsort-demo/model.xml \
	models/trained/cellsort-demo/weights.safetensors \
	models/trained/nbody-demo/CARD.md \
	models/trained/nbody-demo/model.xml \
	models/trained/nbody-demo/weights.safetensors \
	models/trained/physicell-sorting/CARD.md \
	models/trained/physicell-sorting/model.xml \
	models/trained/physicell-sorting/weights.safetensors
check_PROGRAMS += tests/test-trained
