# The local form of the lattice network: windows and passes.
models_libmodels_la_SOURCES += \
	models/epns/local.c models/epns/local.h \
	models/epns/local-around.c models/epns/local-around.h \
	models/epns/local-bid.c models/epns/local-bid.h \
	models/epns/local-bidding.c models/epns/local-bidding.h \
	models/epns/local-bids.c models/epns/local-bids.h \
	models/epns/local-board.c models/epns/local-board.h \
	models/epns/local-candidates.c models/epns/local-candidates.h \
	models/epns/local-choice.c models/epns/local-choice.h \
	models/epns/local-features.c \
	models/epns/local-grid.c models/epns/local-grid.h \
	models/epns/local-inputs.c models/epns/local-inputs.h \
	models/epns/local-latent.c models/epns/local-latent.h \
	models/epns/local-layers.c models/epns/local-layers.h \
	models/epns/local-network.c models/epns/local-network.h \
	models/epns/local-ops.c models/epns/local-ops.h \
	models/epns/local-sampler.c models/epns/local-sampler.h \
	models/epns/local-sites.c models/epns/local-sites.h \
	models/epns/local-train.c models/epns/local-train.h \
	models/epns/local-trunk.c models/epns/local-trunk.h \
	models/epns/local-whole.c models/epns/local-whole.h \
	models/epns/local-windows.c models/epns/local-windows.h
check_PROGRAMS += tests/test-local tests/test-local-candidates tests/test-local-inputs tests/test-local-latent tests/test-local-sites tests/test-local-train \
	tests/test-local-windows
EXTRA_DIST += \
	tests/golden/local_passes.grads.safetensors tests/golden/local_passes.io.safetensors \
	tests/golden/local_passes.weights.safetensors \
	tests/golden/local_sites.grads.safetensors tests/golden/local_sites.weights.safetensors \
	tests/local-golden.h

# The published form of the lattice network, and how it is checked.
models_libmodels_la_SOURCES += \
	models/epns/comparison.c models/epns/comparison.h \
	models/epns/latent-net.c models/epns/latent-net.h \
	models/epns/lattice.c models/epns/lattice.h \
	models/epns/lattice-config.c models/epns/lattice-config.h \
	models/epns/lattice-loss.c models/epns/lattice-loss.h \
	models/epns/lattice-objective.c models/epns/lattice-objective.h \
	models/epns/lattice-pass.c models/epns/lattice-pass.h \
	models/epns/set-layer.c models/epns/set-layer.h \
	models/epns/settings.c models/epns/settings.h \
	models/epns/source.c models/epns/source.h \
	models/epns/to-tensor.c models/epns/to-tensor.h \
	models/epns/unet.c models/epns/unet.h \
	models/epns/verify.h models/epns/verify.c models/epns/verify-reference.c \
	models/epns/verify-record.h models/epns/verify-record.c \
	models/epns/verify-replay.h models/epns/verify-replay.c models/epns/verify-training.c \
	models/epns/weights.c models/epns/weights.h
check_PROGRAMS += tests/test-lattice tests/test-lattice-objective
EXTRA_DIST += \
	tests/golden/lattice-sets.io.safetensors tests/golden/lattice-sets.weights.safetensors \
	tests/golden/lattice-unet.io.safetensors tests/golden/lattice-unet.train.safetensors \
	tests/golden/lattice-unet.weights.safetensors

# The graph network.
models_libmodels_la_SOURCES += \
	models/epns/systems.c models/epns/systems.h \
	models/epns/graph.c models/epns/graph.h models/epns/graph-private.h \
	models/epns/graph-config.c models/epns/graph-config.h \
	models/epns/graph-edges.c models/epns/graph-edges.h \
	models/epns/graph-exact.c models/epns/graph-exact.h \
	models/epns/graph-frames.c models/epns/graph-frames.h \
	models/epns/graph-linear.c models/epns/graph-linear.h models/epns/graph-load.c \
	models/epns/graph-loss.c models/epns/graph-loss.h \
	models/epns/graph-objective.c models/epns/graph-objective.h \
	models/epns/graph-passes.c models/epns/graph-passes.h \
	models/epns/graph-scene.c models/epns/graph-scene.h \
	models/epns/message-layers.c models/epns/message-layers.h \
	models/epns/verify-graph.c models/epns/verify-graph.h models/epns/verify-graph-reference.c \
	models/epns/verify-gradient-graph.c
check_PROGRAMS += tests/test-graph tests/test-graph-linear
EXTRA_DIST += \
	tests/golden/fagnn_b3.io.safetensors tests/golden/fagnn_b3.train.safetensors \
	tests/golden/fagnn_b3.weights.safetensors

# The graph network behind the step interface.
models_libmodels_la_SOURCES += \
	models/epns/graph-step.c models/epns/graph-step.h \
	models/epns/graph-train.c models/epns/graph-train.h \
	models/epns/kind-graph.c models/epns/kind-graph.h models/epns/kind-graph-private.h \
	models/epns/kind-graph-step.c \
	models/epns/learned.c models/epns/learned.h
check_PROGRAMS += tests/test-graph-scene tests/test-graph-train tests/test-kind-graph
EXTRA_DIST += tests/conformance/epns-graph.epns.xml

# Both forms of the lattice network behind the step interface.
models_libmodels_la_SOURCES += \
	models/epns/kind-lattice.c models/epns/kind-lattice.h \
	models/epns/lattice-network.c models/epns/lattice-network.h \
	models/epns/lattice-train.c models/epns/lattice-train.h \
	models/epns/lattice-published.c models/epns/published-symmetry.c \
	models/epns/published-train.c models/epns/published-train.h \
	models/epns/lattice-told.c models/epns/lattice-told.h \
	models/epns/lattice-validity.c models/epns/lattice-validity.h \
	models/epns/lattice-windowed.c models/epns/windowed-symmetry.c \
	models/epns/symmetry.c models/epns/symmetry.h \
	models/epns/verify-gradient.c models/epns/verify-gradient.h models/epns/verify-gradient-lattice.c
check_PROGRAMS += tests/test-kind-lattice tests/test-lattice-train tests/test-lattice-validity \
	tests/test-verify-gradient
dist_check_SCRIPTS += tests/test-verify.sh
EXTRA_DIST += \
	tests/conformance/epns-lattice.epns.xml tests/conformance/epns-lattice-local.epns.xml \
	tests/golden/model.xml tools/convert-pt.py
