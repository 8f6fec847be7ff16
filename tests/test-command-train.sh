#!/bin/sh
# SPDX-License-Identifier: MIT
# epns train: from a plan to a model that runs; the same bits for any threads and after kill -9; bad
# input in one line.
. "$EPNS_SRCDIR/tests/command.sh"

cp "$EPNS_SRCDIR/examples/train-cellsort/tissue.epns.xml" .
sed -e 's/x="48" y="48"/x="32" y="32"/' -e 's/x="24" y="24" radius="16"/x="16" y="16" radius="10"/' \
  "$EPNS_SRCDIR/examples/train-cellsort/tissue.epns.xml" >tissue.epns.xml
# plan FOLDER SED...: a plan of a few steps
plan () {
  folder=$1
  shift
  sed -e 's/window="16"/window="12"/' -e 's|^  <types>|  <layers trunk="6" width="6"/>\n&|' \
    -e 's/members="24"/members="2"/' -e 's/members="4"/members="1"/' -e 's/until="2000"/until="400"/' \
    -e 's/steps="800" batch="8"/steps="12" batch="3"/' -e 's/every="50" samples="8" rollouts="4" rollout-steps="20" rollout-every="4"/every="4" samples="2"/' \
    -e "s/folder=\"trained\"/folder=\"$folder\"/" "$@" "$EPNS_SRCDIR/examples/train-cellsort/training.xml"
}
plan one >one.xml
works "$epns" train one.xml --threads 1
says '^step 4 of 12: loss .*validation .* nats a cell'
says '^one/model: Averaged weights'
holds 'three points in the log' test "$(grep -c '"nats"' one/log.jsonl)" = 3
holds 'a curve' test -s one/learning.png
works "$epns" inspect one/model
says '^about: trained on one.xml, seed 1, in [0-9.]* minutes on .*; to be trusted with [0-9]* to [0-9]* cells, '
works "$epns" run tissue.epns.xml --with one/model --members 1 --until 100 -o learned.npy
holds 'a card' grep -q 'epns train' one/model/card.md

# the published network: reconstruction and KL are told apart, and there are several steps in a row
published () {
  plan "$1" -e 's/window="12" output="passes" latent="none" target-volume="23"/num-layers="1" emb-dim="4" num-latent-dim="2" kernel-size="3" decoder-kernel-size="3" prior-and-encoder-arch="conv" use-unet="true"/' \
    -e 's|.*<layers[^>]*/>\n||' -e 's|^  <optimiser|  <objective beta="2" epoch="2" multi-step-after="2" free-bits="0.01"/>\n&|'
}
published wide >wide.xml
works "$epns" train wide.xml --threads 2
says '^step 4 of 12: loss .*beta .*validation .* nats a cell: reconstruction .*, KL '
says '^step 12 of 12: .*2 steps in a row'
holds 'terms in the log' test "$(grep -c '"reconstruction".*"kl"' wide/log.jsonl)" = 3
works "$epns" run tissue.epns.xml --with wide/model --members 1 --until 100 -o learned.npy
published again >again.xml
sed -i 's/beta="2"/later-weight="0.2"/' again.xml
fails 1 'later-weight' "$epns" train again.xml --quiet

# rollouts beside what was held out, which may judge the weights
plan rolled -e 's/samples="2"/samples="2" rollouts="2" rollout-steps="3" rollout-every="2" by="rollout"/' >rolled.xml
works "$epns" train rolled.xml --threads 2
says '^  rollout [0-9.]* apart: volume [0-9.]* (held out [0-9.]*)'
holds 'two of three validations roll out' test "$(grep -c '"rollout":{"apart"' rolled/log.jsonl)" = 2
says 'rollouts [0-9.]* apart from the validation data'
holds 'a picture' test -s rolled/rollout.png
holds 'a table in the card' grep -q '| heterotypic-boundary |' rolled/model/card.md
plan unjudged -e 's/samples="2"/samples="2" by="rollout"/' >unjudged.xml
fails 1 'give rollouts' "$epns" train unjudged.xml --quiet

# threads
for threads in 2 4; do
  plan "t$threads" >more.xml
  quiet "$epns" train more.xml --threads $threads --quiet
  holds "$threads threads change nothing" cmp one/model/weights.safetensors "t$threads/model/weights.safetensors"
done

# kill -9, and on
plan killed >killed.xml
"$epns" train killed.xml --threads 1 --quiet >.out 2>.err &
pid=$!
while kill -0 $pid 2>.err && [ ! -s killed/checkpoint.safetensors ]; do sleep 0.02; done
kill -9 $pid 2>.err
wait $pid 2>.err
works "$epns" train killed.xml --threads 2
holds 'killed and resumed is as good as whole' cmp one/model/weights.safetensors killed/model/weights.safetensors
holds 'each point once' test "$(grep -c '"step"' killed/log.jsonl)" = 3

# a full disk: one line, and the checkpoint there was goes on
plan full >full.xml
works "$epns" train full.xml --minutes 0.0001 --quiet
cp full/checkpoint.safetensors kept
fails 1 'checkpoint.safetensors' sh -c "trap '' XFSZ; ulimit -f 8; exec $epns train full.xml --quiet"
holds 'the last checkpoint is as it was' cmp kept full/checkpoint.safetensors
holds 'nothing half written' test -z "$(ls -A full | grep -e '^\.' -e '~')"
works "$epns" train full.xml --quiet
holds 'and goes on to the same bits' cmp one/model/weights.safetensors full/model/weights.safetensors

# what is over is over
works "$epns" train one.xml
holds 'nothing is taken twice' test "$(grep -c '"step"' one/log.jsonl)" = 3

# bad input
plan one -e 's/rate="3e-3"/rate="2e-3"/' >other.xml
fails 1 'another training' "$epns" train other.xml --quiet
plan hot -e 's/ rate="3e-3" last-rate="1e-4" warm-up="40"/ schedule="constant" rate="1000" warm-up="0" clip="1e9"/' >hot.xml
fails 1 'step [0-9]*, sample [0-9]* .* not a finite number' "$epns" train hot.xml --quiet
plan bad -e 's/window="16"/window="12" widow="2"/' -e 's/window="12"/window="12" widow="2"/' >bad.xml
fails 1 'widow' "$epns" train bad.xml --quiet
plan none -e 's/tissue.epns.xml/nothing.xml/' >none.xml
fails 1 'nothing.xml' "$epns" train none.xml --quiet
plan cpm -e 's/kind="epns-lattice"/kind="cpm"/' >cpm.xml
fails 1 'nothing to train' "$epns" train cpm.xml --quiet
fails 1 'steps' "$epns" train "$EPNS_SRCDIR/schemas/examples/training-invalid-steps.xml" --quiet
fails 1 'absent.xml' "$epns" train absent.xml --quiet
: >file
plan file >file.xml
fails 1 'folder cannot be made' "$epns" train file.xml --quiet
finish
