# The weights file.
models_libmodels_la_SOURCES += \
	models/nn/safetensors.c models/nn/safetensors.h \
	models/nn/stored.c models/nn/stored.h
check_PROGRAMS += tests/test-safetensors

# Tensors, operators with gradients, optimisers.
models_libmodels_la_SOURCES += \
	models/nn/tensor.h models/nn/context.h models/nn/ops.h models/nn/optim.h
