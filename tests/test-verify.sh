#!/bin/sh
# SPDX-License-Identifier: MIT
# A learned model from the command line: verified, run, refused; and a published state dict converted.
. "$EPNS_SRCDIR/tests/command.sh"
memory=memory # which cannot be known where a sanitizer allocates
[ -z "${SANITIZE:-}" ] || memory=
golden=$EPNS_SRCDIR/tests/golden
weights=$golden/lattice-unet.weights.safetensors
io=$golden/lattice-unet.io.safetensors

works "$epns" verify "$weights" --reference "$io" --gradients
says '^holds  infer_mean.logits '
says '^holds  rollout.x '
says '^holds  grad.final_layer.weight '
works "$epns" verify "$weights"
says '^check  *grade  *figure  *accepted$'
says '^permutation  mandatory  *A .* renumbered cells: '
says '^gradient  *mandatory  *[AB] .* gradient of '
for check in boundary threads archive; do says "^$check  *mandatory  *P "; done
[ -z "$memory" ] || says '^memory  *mandatory  *[AB] '
says '^envelope  *informational  *- .* does not say what volumes'
works "$epns" verify "$golden" --scenario "$EPNS_SRCDIR/tests/verdict/sorting.epns.xml"
says '^translation  *mandatory  *A .* moved tissue: '
says '^gradient  *mandatory  *[AB] .* gradient of '
train=$golden/lattice-unet.train.safetensors
works "$epns" verify "$weights" --reference "$train" --gradients
says '^holds  multi_step.1.loss '
says '^holds  after_multi_step.final_layer.weight '
fails 1 '--gradients' "$epns" verify "$weights" --reference "$train"

graph=$golden/fagnn_b3
works "$epns" verify "$graph.weights.safetensors" --reference "$graph.io.safetensors" --gradients
says '^holds  infer_eps.mu '
says '^holds  grad.engine.enc.arch.0.weight '
works "$epns" verify "$graph.weights.safetensors" --reference "$graph.train.safetensors" --gradients
says '^holds  multi_step.1.pred '
works "$epns" verify "$graph.weights.safetensors"
for check in permutation translation rotation mirror precision gradient threads archive $memory; do
  says "^$check  *mandatory  *[ABP] "
done
works "$epns" verify "$graph.weights.safetensors" --json
says '"check" : "archive"'
says '"grade" : "P"'

# A kind whose claims do not hold fails by what does not.
EPNS_PLUGIN_PATH=$with_toy "$epns" verify toy-liar >.out 2>.err
[ $? = 3 ] || complain 'a liar is taken for honest'
says '^permutation  *mandatory  *F  *1  *1e-05  renumbered cells: types'
says '^gradient  *mandatory  *F  *2  *0.05  gradient of rates'
for check in boundary threads archive $memory; do says "^$check  *mandatory  *F "; done
EPNS_PLUGIN_PATH=$with_toy fails 1 'nothing to verify' "$epns" verify toy

# Other weights, of the same shapes: named line by line, and a failure.
cp "$weights" other.safetensors && chmod u+w other.safetensors
printf '\177' | dd of=other.safetensors bs=1 seek=$(($(wc -c <"$weights") - 397)) conv=notrunc 2>.err
"$epns" verify other.safetensors --reference "$io" >.out 2>.err && complain 'other weights hold'
says '^BROKEN prior.mu '

fails 1 'x' "$epns" verify "$weights" --reference "$weights"
head -c 1000 "$weights" >short.safetensors
fails 1 'short.safetensors' "$epns" verify short.safetensors
fails 1 'header' "$epns" verify "$EPNS_SRCDIR/tests/test-verify.sh"

works "$epns" run "$EPNS_SRCDIR/tests/conformance/epns-lattice.epns.xml" --until 2 -o out.npy
[ -s out.npy ] || complain 'no out.npy'

# The converter, where PyTorch is at hand: there and back gives the same bytes for the same tensors.
python=
for candidate in python3 /usr/bin/python3; do
  "$candidate" -c 'import torch' 2>/dev/null && python=$candidate && break
done
if [ -n "$python" ]; then
  "$python" - "$weights" <<'END' || exit 99
import json, struct, sys, torch
data = open(sys.argv[1], "rb").read()
n = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:8 + n])
config = json.loads(header.pop("__metadata__")["config"])
state = {}
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    values = torch.frombuffer(bytearray(data[8 + n + begin:8 + n + end]), dtype=torch.float32)
    state[name] = values.reshape(entry["shape"])
torch.save(state, "state.pt")
outer = {k: config.pop(k) for k in ("im_dim", "dynamic_channels", "pred_stepsize")}
config["nonlinearity"] = "nn.ReLU()"
inner = ", ".join(f"{k}={v if k == 'nonlinearity' else repr(v)}" for k, v in config.items() if k != "model")
open("config.py", "w").write(f"import torch.nn as nn\nconfig = Config(model=Cellsort_Simulator, im_dim=1 + 4,\n"
                             f"  dynamic_channels=tuple(i for i in range(5)), batch_size=8,\n  model_params=dict({inner}))\n")
open("config.json", "w").write(json.dumps({"model": "Cellsort_Simulator", **{k: v for k, v in config.items() if k != "model"},
                                           "nonlinearity": "relu", **outer}))
END
  for config in config.py config.json; do
    works "$python" "$EPNS_SRCDIR/tools/convert-pt.py" state.pt $config -o converted.safetensors
    works "$epns" verify converted.safetensors --reference "$io"
    says '^holds  infer_mean.logits '
  done
  fails 1 'none.pt' "$python" "$EPNS_SRCDIR/tools/convert-pt.py" none.pt config.json -o never.safetensors
  [ -e never.safetensors ] && complain 'a file after a failure'
fi
finish
