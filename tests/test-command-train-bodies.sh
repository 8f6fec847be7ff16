#!/bin/sh
# SPDX-License-Identifier: MIT
# epns train on bodies: from n-body and PhysiCell scenarios, recordings and folders; the same bits
# for any threads and after kill -9; bad input in one line.
. "$EPNS_SRCDIR/tests/command.sh"

stars () { # stars BODIES: a scenario of so many
  printf '<scenario xmlns="https://epns.org/ns/scenario/1" version="1"><space axes="3"/>
<parameters><parameter name="integrator-step" value="0.01"/></parameters>
<bodies><normal bodies="%s" x="0" y="0" z="0" spread="1.5" mass="1" mass-to="3" speed="0.7"/></bodies>
<run members="3" seed="4" until="2" every="0.1"><model name="native" kind="nbody"/></run></scenario>\n' "$1"
}
stars 4 >stars.epns.xml
cp "$EPNS_SRCDIR"/examples/physicell-sorting/* .

# plan FOLDER NETWORK TYPES STEP DATA [MORE]: a plan of a few steps
plan () {
  printf '<training xmlns="https://epns.org/ns/training/1" version="1" name="few" seed="3">
<network kind="epns-graph" num-layers="1" emb-dim="8" edge-direction="true" scale="1" %s/>
<types>%s</types>
<step %s/>
<data>%s</data>
<objective multi-step-most="1"/>
<optimiser steps="12" batch="3" rate="1e-2" warm-up="2"/>
<validation every="4" samples="6" %s/>
<output folder="%s"/>
</training>\n' "$2" "$3" "$4" "$5" "${6:-}" "$1" >"$1.xml"
}
drawn='num-latent-dim="0" sample-from-pred="true" joint-spread="true" edge-radial="2" edge-reach="0.1" edge-ahead="0.1"'
body='<type id="0" name="Body"/>'
tenth='length="0.1" unit="1"'
made='<scenario href="stars.epns.xml" members="3" seed="11" until="2"/>
<scenario href="stars.epns.xml" use="validation" members="2" seed="21" until="2"/>'

plan one "$drawn" "$body" "$tenth" "$made"
works "$epns" train one.xml --threads 1
says '^step 4 of 12: loss .*validation '
says '^one/model: Averaged weights'
holds 'three points in the log' test "$(grep -c '"nats"' one/log.jsonl)" = 3
holds 'a curve' test -s one/learning.png
works "$epns" inspect one/model
says '^about: trained on one.xml, seed 3, .*; to be trusted with 4 to 4 cells'
holds 'what the data were made with' grep -q '<parameter name="integrator-step" value="0.01"/>' one/model/model.xml
quiet "$epns" run stars.epns.xml --with one/model --set outside=refuse -q -o learned.h5
stars 5 >more.epns.xml
fails 1 'trained on 4 to 4' "$epns" run more.epns.xml --with one/model --set outside=refuse -q -o five.h5
works "$epns" verify one/model
says '^rotation  *mandatory  *A '
works "$epns" compare stars.epns.xml --learned one/model --members 4 --until 1 -o report
says '^Total energy '
holds 'a verdict on stability' grep -q 'learned members became unstable' report/report.html

# threads
for threads in 2 4; do
  plan "t$threads" "$drawn" "$body" "$tenth" "$made"
  quiet "$epns" train "t$threads.xml" --threads $threads --quiet
  holds "$threads threads change nothing" cmp one/model/weights.safetensors "t$threads/model/weights.safetensors"
done

# kill -9, and on
plan killed "$drawn" "$body" "$tenth" "$made"
"$epns" train killed.xml --threads 1 --quiet >.out 2>.err &
pid=$!
while kill -0 $pid 2>.err && [ ! -s killed/checkpoint.safetensors ]; do sleep 0.02; done
kill -9 $pid 2>.err
wait $pid 2>.err
works "$epns" train killed.xml --threads 2
holds 'killed and resumed is as good as whole' cmp one/model/weights.safetensors killed/model/weights.safetensors
holds 'each point once' test "$(grep -c '"step"' killed/log.jsonl)" = 3

# the published network has latents; rollouts of bodies may judge
published='num-latent-dim="2" do-node-aggregation="false"'
plan published "$published" "$body" "$tenth" "$made" \
  'rollouts="2" rollout-steps="4" rollout-every="1" by="rollout"'
works "$epns" train published.xml --threads 2
says '^step 12 of 12: .*reconstruction .*, KL '
says '^  rollout [0-9.]* apart: displacement [0-9.]* (held out [0-9.]*), speed .*, total-energy '
holds 'a picture' test -s published/rollout.png
holds 'a table in the card' grep -q '| total-energy |' published/model/card.md

# what was recorded teaches as what is made; and it states its times
quiet "$epns" run stars.epns.xml -q -o stars.h5
plan recorded "$drawn" "$body" "$tenth" '<recording href="stars.h5"/>'
works "$epns" train recorded.xml --threads 2 --quiet
holds 'a model of it' test -s recorded/model/weights.safetensors
plan wide "$drawn" "$body" 'length="0.25" unit="1"' '<recording href="stars.h5"/>'
fails 1 'stars.h5: its frames are 0.1 1 apart' "$epns" train wide.xml --quiet
plan unit "$drawn" "$body" 'length="0.1" unit="min"' '<recording href="stars.h5"/>'
fails 1 'times are in 1 and the plan' "$epns" train unit.xml --quiet
plan named "$drawn" '<type id="0" name="Star"/>' "$tenth" '<recording href="stars.h5"/>'
fails 1 'type 0 is called "Body"' "$epns" train named.xml --quiet

# a folder of published arrays, (body, time, attribute) and (body, attribute, time)
mkdir -p set/train set/val
quiet "$epns" run stars.epns.xml --members 1 --seed 1 -q -o set/train/a.npy
quiet "$epns" run stars.epns.xml --members 1 --seed 2 -q -o set/val/b.npy
cp "$EPNS_SRCDIR/tests/golden/bodies-by-time.npy" "$EPNS_SRCDIR/tests/golden/bodies-by-attribute.npy" set/train
plan folder "$drawn" "$body" "$tenth" '<folder href="set"/>'
works "$epns" train folder.xml --threads 2 --quiet
holds 'all three orders' grep -q '<cells min="2" max="4"/>' folder/model/model.xml

# PhysiCell's cells, in passes, on a sparse graph
cells='dimensions="2" species="2" cutoff="30" node-position="false" num-latent-dim="0" sample-from-pred="true" passes="3" velocity-scale="2"'
ab='<type id="0" name="A"/><type id="1" name="B"/>'
plan cells "$cells" "$ab" 'length="10" unit="min"' '<scenario href="sorting.xml" members="1" seed="1" until="40"/>
<scenario href="sorting.epns.xml" use="validation" members="1" seed="5" until="20"/>'
sed -i 's/samples="6"/& rollouts="1" rollout-steps="2" rollout-every="3"/' cells.xml
works "$epns" train cells.xml --threads 1
says '^  rollout .* nearest-distance '
plan cells4 "$cells" "$ab" 'length="10" unit="min"' '<scenario href="sorting.xml" members="1" seed="1" until="40"/>
<scenario href="sorting.epns.xml" use="validation" members="1" seed="5" until="20"/>'
works "$epns" train cells4.xml --threads 4 --quiet
holds 'threads do not change passes' cmp cells/model/weights.safetensors cells4/model/weights.safetensors
holds 'parameters by type' grep -q 'name="cell-cell-adhesion-strength" type="B"' cells/model/model.xml
works "$epns" run sorting.xml --with cells/model --until 20 --every 10 -q -o cells.npy
works "$epns" run sorting.xml --with cells/model --until 20 --every 10 -q -t 4 -o again.npy
holds 'nor drawn steps' cmp cells.npy again.npy

# a folder of OpenVT tables, whose cells are bodies; a lattice's network does not learn from them
mkdir -p tables/train tables/val
quiet "$epns" run sorting.xml --members 2 --until 60 -q -o tables/train/a.csv
quiet "$epns" run sorting.xml --members 1 --seed 9 --until 60 -q -o tables/val/b.csv
plan tables 'dimensions="2" species="2" cutoff="2" node-position="false" num-latent-dim="0"' "$ab" \
  'length="10" unit="min"' '<folder href="tables"/>'
works "$epns" train tables.xml --threads 2 --quiet
holds 'a model of tables' test -s tables/model/weights.safetensors
plan sites "" "$ab" 'length="10" unit="min"' '<folder href="tables"/>'
sed -i 's|<network.*/>|<network kind="epns-lattice"/>|; /<objective/d' sites.xml
fails 1 'kind epns-lattice learns from lattices' "$epns" train sites.xml --quiet

# bad input
plan mixed "$drawn" "$body$(printf '<type id="1" name="Other"/>')" "$tenth" "$made
<scenario href=\"$sorting/sorting.epns.xml\" members=\"1\" until=\"10\"/>"
fails 1 '' "$epns" train mixed.xml --quiet
plan lattice 'num-latent-dim="0"' "$body" 'length="10" unit="MCS"' \
  "<scenario href=\"$sorting/sorting.epns.xml\" members=\"1\" until=\"20\"/>"
fails 1 'type' "$epns" train lattice.xml --quiet
plan flat 'dimensions="2" num-latent-dim="0"' "$body" "$tenth" "$made"
fails 1 'has 3 axes; say <network dimensions="3">' "$epns" train flat.xml --quiet
plan two "$drawn" "$body<type id=\"1\" name=\"Other\"/>" "$tenth" "$made"
fails 1 'there are 2 types of bodies' "$epns" train two.xml --quiet
plan passes 'num-latent-dim="2" passes="3"' "$body" "$tenth" "$made"
fails 1 'say num-latent-dim="0"' "$epns" train passes.xml --quiet
plan rows "$cells" "$ab" 'length="10" unit="min"' '<scenario href="sorting.xml" members="1" until="40"/>'
sed -i 's/multi-step-most="1"/multi-step-most="2"/' rows.xml
fails 1 'multi-step-most="1"' "$epns" train rows.xml --quiet
plan bad "$drawn" "$body" "$tenth" "$made"
sed -i 's/kind="epns-graph"/& depth="2"/' bad.xml
fails 1 'bad.xml:2: .*depth' "$epns" train bad.xml --quiet
plan short "$drawn" "$body" "$tenth" '<scenario href="stars.epns.xml" members="1" until="0.1"/>'
sed -i 's/<data>/<data skip="1">/' short.xml
fails 1 'stars.epns.xml: 1 frames are left' "$epns" train short.xml --quiet
finish
