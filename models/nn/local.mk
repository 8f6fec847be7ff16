# The weights file.
models_libmodels_la_SOURCES += \
	models/nn/plain-json.c models/nn/plain-json.h \
	models/nn/safetensors.c models/nn/safetensors.h \
	models/nn/stored.c models/nn/stored.h
check_PROGRAMS += tests/test-safetensors

# Tensors, operators with gradients, optimisers.
models_libmodels_la_SOURCES += \
	models/nn/activation.c models/nn/activation.h \
	models/nn/context.c models/nn/context.h models/nn/convolve.c models/nn/convolve.h \
	models/nn/correlate.c models/nn/correlate-adjoint.c models/nn/correlate-filters.c \
	models/nn/correlate.h \
	models/nn/elementary.c models/nn/elementary.h \
	models/nn/gradcheck.c models/nn/gradcheck.h \
	models/nn/half.c models/nn/half.h \
	models/nn/kernel.c models/nn/kernel-amx.c models/nn/kernel-avx2.c models/nn/kernel-avx512.c \
	models/nn/kernel.h models/nn/kernel-loops.h models/nn/kernel-toom.h \
	models/nn/layout.c models/nn/layout.h models/nn/multiply.c models/nn/multiply.h \
	models/nn/op-binary.c models/nn/op-conv.c models/nn/op-film.c \
	models/nn/op-fit.c models/nn/op-gather.c models/nn/op-groups.c models/nn/op-latent.c \
	models/nn/op-linear.c models/nn/op-messages.c models/nn/op-norm.c models/nn/op-pool.c models/nn/op-reduce.c \
	models/nn/op-shape.c models/nn/op-softmax.c models/nn/op-unary.c models/nn/op-windows.c \
	models/nn/op.h models/nn/ops.def models/nn/ops.h \
	models/nn/optim.c models/nn/optim.h \
	models/nn/partials.c models/nn/partials.h \
	models/nn/phase.c models/nn/phase.h \
	models/nn/pool.c models/nn/pool.h \
	models/nn/tensor.c models/nn/tensor.h models/nn/transpose.h \
	models/nn/winograd.c models/nn/winograd.h models/nn/winograd-filters.c models/nn/winograd-filters.h \
	models/nn/winograd-gradient.c models/nn/winograd-grid.c models/nn/winograd-grid.h
check_PROGRAMS += \
	tests/test-nn-context tests/test-nn-correlate tests/test-nn-grad tests/test-nn-half \
	tests/test-nn-kernel tests/test-nn-messages tests/test-nn-ops tests/test-nn-optim \
	tests/test-nn-winograd tests/test-nn-elementary
EXTRA_DIST += tests/golden/nn-ops.py tests/golden/nn-ops.safetensors
