#!/bin/sh
# SPDX-License-Identifier: MIT
# Training in several processes gives the bits of one; rates and batches are scaled as asked.
. "$EPNS_SRCDIR/tests/command.sh"

grep -q '^#define HAVE_MPI 1' "$EPNS_BUILDDIR/config.h" || { echo 'SKIP: built without --with-mpi'; exit 77; }
command -v mpirun >/dev/null || { echo 'SKIP: there is no mpirun'; exit 77; }

sed -e 's/x="48" y="48"/x="32" y="32"/' -e 's/x="24" y="24" radius="16"/x="16" y="16" radius="10"/' \
  "$EPNS_SRCDIR/examples/train-cellsort/tissue.epns.xml" >tissue.epns.xml
# plan FOLDER SED...: a plan of a few steps
plan () {
  folder=$1
  shift
  sed -e 's/window="16"/window="12"/' -e 's|^  <types>|  <layers trunk="6" width="6"/>\n&|' \
    -e 's/members="24"/members="2"/' -e 's/members="4"/members="1"/' -e 's/until="2000"/until="400"/' \
    -e 's/steps="800" batch="8"/steps="6" batch="4"/' -e 's/every="50"/every="3"/' \
    -e "s/folder=\"trained\"/folder=\"$folder\"/" "$@" "$EPNS_SRCDIR/examples/train-cellsort/training.xml"
}
together () {
  mpirun -n 2 --oversubscribe --allow-run-as-root "$epns" "$@"
}

plan one >one.xml
works "$epns" train one.xml --threads 1
plan two >two.xml
works together train two.xml --threads 1
holds 'two processes, the bits of one' cmp one/model/weights.safetensors two/model/weights.safetensors
holds 'one of them speaks' test "$(grep -c '^step 3 of 6' .out)" = 1
holds 'one of them writes' test "$(grep -c '"step"' two/log.jsonl)" = 2

# so with the other decoder
sites='s|window="12"|window="12" decoder="sites"|'
plan five -e "$sites" >five.xml
works "$epns" train five.xml --threads 1 --quiet
plan six -e "$sites" >six.xml
works together train six.xml --threads 1 --quiet
holds 'decoder of sites, the bits of one' cmp five/model/weights.safetensors six/model/weights.safetensors

# stopped in company, it goes on alone
plan three >three.xml
works together train three.xml --minutes 0.0001 --quiet
works "$epns" train three.xml --quiet
holds 'on one process to the same bits' cmp one/model/weights.safetensors three/model/weights.safetensors

# twice the samples, twice the rate
plan four -e 's/batch="4"/batch="2" scaling="linear"/' -e 's/rate="3e-3" last-rate="1e-4"/rate="1.5e-3" last-rate="5e-5"/' >four.xml
works together train four.xml --threads 1 --quiet
holds 'scaled to the same training' cmp one/model/weights.safetensors four/model/weights.safetensors
finish
