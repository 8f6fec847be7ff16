#!/bin/sh
# SPDX-License-Identifier: MIT
# The command's small subcommands: help, list, doctor, inspect, validate.
. "$EPNS_SRCDIR/tests/command.sh"

works "$epns" --version
says '^epns [0-9]*\.[0-9]*\.[0-9]*$'
works "$epns" --help
for name in run compare validate verify inspect list doctor train export merge; do
  works "$epns" --help
  says "^  $name  *[A-Z]"
  works "$epns" help "$name"
  says "^  epns $name \[OPTION"
done
works "$epns" help run
for option in with members seed threads until every set output resume quiet json; do
  says "--$option"
done
fails 1 "no command 'rum'; epns --help" "$epns" rum
fails 1 "no command 'rum'" "$epns" help rum
fails 1 'no command was given' "$epns"
fails 1 'epns help run' "$epns" run --membres 3 x.xml
fails 1 'needs another argument; usage: epns run FILE' "$epns" run
fails 1 'that many' "$epns" run a.xml b.xml

works "$epns" list
says '^cpm .*stochastic.*exact resume'
says '^cellsort  *epns-lattice  *a model that ships, 50 MCS a step$'
says '^cellsort-long  *epns-lattice  *a model that ships, 500 MCS a step$'
says '^cellsort-long-mended  *hybrid  *a model that ships, 500 MCS a step$'
works env EPNS_PLUGIN_PATH="$with_toy:/nowhere" "$epns" list -v
says '^toy-file '
says '^/nowhere: not used: '

works "$epns" doctor
says '^ok    model cellsort: opens, 50 MCS a step$'
says '^ok    plugin: .*epns.so, epns .* kinds: .*cpm'
says '^ok    data: .*epns-scenario.xsd'
says '^ok    processor: .* threads'
works env EPNS_PLUGIN_PATH="$EPNS_BUILDDIR/tests/.libs/plugin-other-abi.so:$EPNS_PLUGIN_PATH" \
  "$epns" doctor
says '^warn  plugin: .*plugin-other-abi.so is not used: it has no symbol epns_step_v1'

works "$epns" inspect "$sorting/sorting.xml"
says '^lattice: 64 x 64 x 1 sites (x, y, z), borders x no-flux y no-flux z no-flux$'
says '^type 1: Condensing, [0-9]* cells with [0-9]* sites at the start$'
says '^parameter temperature=10$'
says '^parameter contact-energy=0,16,16,16,2,11,16,11,14$'
says '^plan: 1 member, seed 1, frames every 5 up to 500 MCS$'
fails 1 'missing.xml' "$epns" inspect missing.xml
fails 1 'missing.h5' "$epns" inspect missing.h5

quiet "$epns" validate "$sorting/sorting.xml" "$sorting/sorting_pif.xml"
fails 2 '^missing.xml: ' "$epns" validate "$sorting/sorting.xml" missing.xml
works "$epns" validate --verbose "$sorting/sorting.xml"
says 'sorting.xml:[0-9]*: .*Metadata'
fails 1 'needs another argument' "$epns" validate

weights=$EPNS_SRCDIR/tests/golden/lattice-unet.weights.safetensors
reference=$EPNS_SRCDIR/tests/golden/lattice-unet.io.safetensors
works "$epns" verify "$weights" --reference "$reference"
says '^holds  .*largest error [0-9.e-]* (accepted [0-9.e-]*)$'
holds 'every line holds' sh -c '! grep -v "^holds " .out'
size=$(wc -c <"$reference")
(head -c $((size - 4096)) "$reference"; head -c 4096 /dev/zero | tr '\0' '?') >spoilt.safetensors
"$epns" verify "$weights" --reference spoilt.safetensors >.out 2>.err
holds 'what differs is exit 3' test $? = 3
says '^BROKEN .*largest error'
rm spoilt.safetensors
works "$epns" verify "$weights"
says '^permutation  *mandatory  *A .* renumbered cells'
works "$epns" verify "$weights" --json
says '"mandatory" *: *true'
works "$epns" inspect "$weights"
says '^kind: epns-lattice '
says '^state cell-id: int32 \[z,y,x\]'
works "$epns" inspect "$EPNS_SRCDIR/tests/conformance/hybrid"
says '^step: 53 MCS$'
says '^about: .* 3 of kind cpm (3 MCS), which are counted as time$'
alone
finish
