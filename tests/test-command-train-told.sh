#!/bin/sh
# SPDX-License-Identifier: MIT
# A network that is told of energies and temperature: learned from steps whose parameters differ,
# and stepped with whatever a scenario states.
. "$EPNS_SRCDIR/tests/command.sh"

sed -e 's/x="48" y="48"/x="32" y="32"/' -e 's/x="24" y="24" radius="16"/x="16" y="16" radius="10"/' \
  "$EPNS_SRCDIR/examples/train-cellsort/tissue.epns.xml" >tissue.epns.xml
# plan FOLDER SED...: a plan of a few steps
plan () {
  folder=$1
  shift
  sed -e "s/@folder@/$folder/" "$@" <<'END'
<?xml version="1.0" encoding="UTF-8"?>
<training xmlns="https://epns.org/ns/training/1" version="1" name="Told" seed="1">
  <network kind="epns-lattice" window="12" output="passes" decoder="sites" inputs="energies" latent="none" target-volume="23"/>
  <layers trunk="6" width="6" site-hidden="16"/>
  <types><type id="0" name="Medium"/><type id="1" name="Condensing"/><type id="2" name="NonCondensing"/></types>
  <step length="50" unit="MCS"/>
  <data>
    <scenario href="tissue.epns.xml" members="3" seed="1" until="200">
      <parameter name="temperature" min="5" max="20"/>
      <parameter name="contact-energy" type="Condensing" with="NonCondensing" min="4" max="16"/>
    </scenario>
    <scenario href="tissue.epns.xml" use="validation" members="2" seed="101" until="200">
      <parameter name="temperature" min="5" max="20"/>
    </scenario>
  </data>
  <optimiser steps="8" batch="3" warm-up="2" average="0.5"/>
  <validation every="4" samples="2" rollouts="1" rollout-every="1" rollout-steps="2"/>
  <output folder="@folder@"/>
</training>
END
}
plan told >told.xml
works "$epns" train told.xml --threads 1
says '^step 8 of 8: '
holds 'a range of temperatures' grep -q '<parameter name="temperature" min="[0-9.]*" max="[0-9.]*"/>' told/model/model.xml
holds 'a range of one energy' grep -q 'type="Condensing" with="NonCondensing" min=' told/model/model.xml
holds 'one value of another' grep -q 'type="Medium" with="Condensing" value="16"' told/model/model.xml
plan again >again.xml
quiet "$epns" train again.xml --threads 2 --quiet
holds 'two threads change nothing' cmp told/model/weights.safetensors again/model/weights.safetensors
plan other -e 's/min="5" max="20"/min="5" max="19"/' >other.xml
quiet "$epns" train other.xml --quiet
holds 'other temperatures teach something else' sh -c '! cmp -s told/model/weights.safetensors other/model/weights.safetensors'

# what a scenario states is what counts
sed 's/name="temperature" value="10"/name="temperature" value="12"/' tissue.epns.xml >warmer.epns.xml
sed 's/name="temperature" value="10"/name="temperature" value="90"/' tissue.epns.xml >hot.epns.xml
sed 's/name="temperature" value="10"/name="temperature" value="0"/' tissue.epns.xml >frozen.epns.xml
for scenario in tissue warmer hot; do
  works "$epns" run $scenario.epns.xml --with told/model --members 1 --until 100 --seed 5 -o $scenario.npy
done
holds 'beyond what was learned there is a warning' grep -q 'temperature is 90, and the model was trained at [0-9.]* to [0-9.]*' .err
holds 'a temperature changes a step' sh -c '! cmp -s tissue.npy warmer.npy'
holds 'no temperature of 0' sh -c "! $epns run frozen.epns.xml --with told/model --members 1 --until 100 -o frozen.npy 2>.err"
holds 'for the true reason' grep -q 'temperature is 0, and the network is told energies over it' .err
works "$epns" verify told/model
works "$epns" compare tissue.epns.xml --learned told/model --members 2 --until 100 -o report --quiet
holds 'a likelihood' grep -q 'nats per cell and step' report/report.html

# so does what is set by hand, for the network beside the native model, too
quiet "$epns" compare warmer.epns.xml --learned told/model --members 2 --until 100 -o warmer --quiet
quiet "$epns" compare tissue.epns.xml --learned told/model --members 2 --until 100 -o set --set temperature=12 --quiet
holds 'set for both' cmp -s warmer/report.csv set/report.csv
holds 'and not for nothing' sh -c '! cmp -s warmer/report.csv report/report.csv'

# the same ratios are the same law: all energies and the temperature twice
sed -e 's/name="temperature" value="10"/name="temperature" value="20"/' -e 's/\(volume-strength.*\)value="2"/\1value="4"/' \
  -e 's/\(contact-energy.*\)value="16"/\1value="32"/' -e 's/\(contact-energy.*\)value="2"/\1value="4"/' \
  -e 's/\(contact-energy.*\)value="11"/\1value="22"/' -e 's/\(contact-energy.*\)value="14"/\1value="28"/' tissue.epns.xml >twice.epns.xml
works "$epns" run twice.epns.xml --with told/model --members 1 --until 100 --seed 5 -o twice.npy
holds 'nothing but ratios counts' cmp tissue.npy twice.npy

# a hybrid states them to both of its parts
mkdir mended
echo '<model xmlns="https://epns.org/ns/model/1" version="1" name="Mended"><hybrid learned="../told/model" native="cpm" steps="2" time="relaxation"/></model>' >mended/model.xml
works "$epns" run tissue.epns.xml --with mended --members 1 --until 100 --seed 5 -o mended.npy
holds 'native steps follow' sh -c '! cmp -s tissue.npy mended.npy'

# bad input
works "$epns" run tissue.epns.xml --members 2 --until 200 -o recorded.h5
plan read -e 's|<scenario href="tissue.epns.xml" members="3".*|<recording href="recorded.h5"/>|' -e '/name="contact-energy"/d' \
  -e '0,/name="temperature"/{/name="temperature"/d}' -e '0,/<.scenario>/{/^    <.scenario>/d}' >read.xml
fails 1 'told of temperature, and there are data that do not state it' "$epns" train read.xml --quiet
plan turned -e '0,/min="5" max="20"/s//min="20" max="5"/' >turned.xml
fails 1 'turned.xml:[0-9]*: .*min is larger than max' "$epns" train turned.xml --quiet
plan more -e 's|<type id="2" name="NonCondensing"/>|&<type id="3" name="Other"/>|' >more.xml
fails 1 "tissue.epns.xml: it has 3 types and the plan's <types> 4" "$epns" train more.xml --quiet
plan worded -e 's/name="temperature"/name="neighbor-order"/' >worded.xml
fails 1 'only real numbers are drawn' "$epns" train worded.xml --quiet
sed -i '/name="temperature"/d' told/model/model.xml
fails 1 'the network is told of temperature, and <validity> does not state' \
  "$epns" run tissue.epns.xml --with told/model --members 1 --until 100 --quiet -o lost.npy
finish
