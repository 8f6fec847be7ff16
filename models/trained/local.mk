# Models that ship: what they are, their weights, a card that says how good they are, and the plan that trains them again.
nobase_dist_pkgdata_DATA += \
	models/trained/cellsort/CARD.md \
	models/trained/cellsort/model.xml \
	models/trained/cellsort/tissues/blob.epns.xml \
	models/trained/cellsort/tissues/corner.epns.xml \
	models/trained/cellsort/tissues/few.epns.xml \
	models/trained/cellsort/tissues/large.epns.xml \
	models/trained/cellsort/tissues/many.epns.xml \
	models/trained/cellsort/tissues/side.epns.xml \
	models/trained/cellsort/tissues/small.epns.xml \
	models/trained/cellsort/tissues/wide-few.epns.xml \
	models/trained/cellsort/tissues/wide.epns.xml \
	models/trained/cellsort/training.xml \
	models/trained/cellsort/weights.safetensors \
	models/trained/cellsort-long/CARD.md \
	models/trained/cellsort-long/model.xml \
	models/trained/cellsort-long/training.xml \
	models/trained/cellsort-long/weights.safetensors \
	models/trained/cellsort-long-mended/CARD.md \
	models/trained/cellsort-long-mended/model.xml \
	models/trained/nbody-demo/CARD.md \
	models/trained/nbody-demo/model.xml \
	models/trained/nbody-demo/weights.safetensors \
	models/trained/physicell-sorting/CARD.md \
	models/trained/physicell-sorting/model.xml \
	models/trained/physicell-sorting/weights.safetensors
check_PROGRAMS += tests/test-trained
