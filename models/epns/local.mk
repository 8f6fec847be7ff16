# The local form of the lattice network: windows and passes.
models_libmodels_la_SOURCES += \
	models/epns/local.h \
	models/epns/local-grid.c models/epns/local-grid.h \
	models/epns/local-windows.c models/epns/local-windows.h
