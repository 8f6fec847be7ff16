#!/bin/sh
# SPDX-License-Identifier: MIT
# epns export: a recorded frame goes into a Morpheus model, and the model runs on from there.
. "$EPNS_SRCDIR/tests/command.sh"
model=$EPNS_SRCDIR/examples/hosts/morpheus/sorting.xml

quiet "$epns" validate "$model" "$EPNS_SRCDIR/tests/golden/morpheus-hexagons.xml"
quiet "$epns" run "$model" --until 20 --every 10 --members 2 -q -o run.h5
quiet "$epns" export run.h5 last.xml --into "$model"
quiet "$epns" export run.h5 middle.xml --into "$model" --member 1 --frame 1
quiet "$epns" validate last.xml middle.xml
holds 'frames differ' sh -c '! cmp -s last.xml middle.xml'

# What goes on starts where the recording ended: that state, written again, is the same text.
quiet "$epns" run last.xml --until 10 --every 10 -q -o on.h5
quiet "$epns" export on.h5 again.xml --into "$model" --frame 0
holds 'the start is the recorded end' cmp -s last.xml again.xml
works "$epns" inspect last.xml
says '^type 1: red, 20 cells with 4[0-9][0-9] sites'

# Any lattice, from any host's file, without a model to fill.
quiet "$epns" export "$sorting/sorting.xml" bare.xml
holds 'cells of CompuCell3D' grep -q '<Population type="NonCondensing" size="[1-9]' bare.xml
fails 2 'bare.xml:2: <MorpheusModel> has no <CPM>' "$epns" validate bare.xml

fails 1 'sorting.xml:.*the cells lie on 64 x 64 x 1' "$epns" export "$sorting/sorting.xml" no.xml --into "$model"
fails 1 'member' "$epns" export run.h5 no.xml --member 2
fails 1 'frame' "$epns" export run.h5 no.xml --frame 3
fails 1 'only lattices of cells' "$epns" export "$EPNS_SRCDIR/examples/nbody/system.epns.xml" no.xml
fails 1 'no/where' "$epns" export run.h5 no/where.xml
fails 1 'missing.xml' "$epns" export run.h5 no.xml --into missing.xml
fails 1 'needs another' "$epns" export run.h5
alone run.h5 last.xml middle.xml on.h5 again.xml bare.xml
finish
