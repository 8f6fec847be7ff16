#!/bin/sh
# SPDX-License-Identifier: MIT
# Bad input: one line, a non-zero exit, no crash, nothing half written.
. "$EPNS_SRCDIR/tests/command.sh"

# refused PATTERN FILE: validate says 2 and run says 1, both with one line that names the file
# and matches.
refused () {
  fails 2 "$1" "$epns" validate "$2"
  fails 1 "$1" "$epns" run "$2" --until 2 --every 1 -q -o out.npy
  holds "nothing comes of $2" test ! -e out.npy
}

# change EXPRESSION: the sorting scenario with one thing changed, as changed.xml.
change () {
  sed "$1" "$sorting/sorting.xml" >changed.xml
  ! cmp -s "$sorting/sorting.xml" changed.xml || complain "sed changed nothing: $1"
}

# XML that is none, or means harm.
: >empty.xml; refused 'empty.xml' empty.xml
head -c 700 "$sorting/sorting.xml" >cut.xml; refused 'cut.xml:[0-9]*: ' cut.xml
head -c 4096 /dev/urandom >noise.xml; refused 'noise.xml' noise.xml
mkdir folder.xml; refused 'folder.xml' folder.xml
cat >bomb.xml <<'BOMB'
<?xml version="1.0"?>
<!DOCTYPE CompuCell3D [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">]>
<CompuCell3D><Potts>&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;</Potts></CompuCell3D>
BOMB
refused 'bomb.xml' bomb.xml
printf '%s\n' '<!DOCTYPE x [<!ENTITY e SYSTEM "/etc/passwd">]>' \
  '<CompuCell3D><Potts>&e;</Potts></CompuCell3D>' >steals.xml
refused 'steals.xml' steals.xml
echo '<html/>' >other.xml; refused 'other.xml:1: ' other.xml
(echo '<CompuCell3D>'; yes '<a>' | head -n 20000) >deep.xml; refused 'deep.xml' deep.xml

# Scenarios that ask for what cannot be.
change 's/x="64" y="64"/x="0" y="64"/'; refused 'changed.xml:7: .*Dimensions' changed.xml
change 's/x="64" y="64"/x="1000000" y="1000000"/'; refused 'changed.xml:7: .*Dimensions' changed.xml
change 's/x="64" y="64"/x="sixty" y="64"/'; refused 'changed.xml:7: .*Dimensions' changed.xml
change 's/>10.0</>NaN</'; refused 'changed.xml:9: .*Temperature' changed.xml
change 's/>10.0</>warm</'; refused 'changed.xml:9: .*Temperature' changed.xml
change 's/Tempera/Tempura/g'; refused 'changed.xml:9: .*Tempurature' changed.xml
change '/Type1="Condensing" Type2="NonCondensing"/d'
refused 'Condensing.*NonCondensing.*missing' changed.xml
change 's/TypeId="2"/TypeId="300"/'; refused 'changed.xml:16: .*TypeId' changed.xml
change 's/Plugin Name="Volume"/Plugin Name="Chemotaxis"/'; refused 'Chemotaxis' changed.xml
change 's/<Steps>/<Boundary_x>periodic<\/Boundary_x><Steps>/'; refused 'Boundary_x' changed.xml

# PIFF.
sed "s/fixed_init/start/" "$sorting/sorting_pif.xml" >pif.xml
refused 'start.piff' pif.xml
: >start.piff; refused 'start.piff' pif.xml
echo '1 Condensing 0 4 0 4' >start.piff; refused 'start.piff:1: ' pif.xml
echo '1 Condensing 0 4 0 400 0 0' >start.piff; refused 'start.piff:1: ' pif.xml
echo '1 Unheard 0 4 0 4 0 0' >start.piff; refused 'start.piff:1: .*Unheard' pif.xml
head -c 4096 /dev/urandom >start.piff; refused 'start.piff' pif.xml

# Weights: none of these opens, for run or for verify.
model () {
  fails 1 "$1" "$epns" run "$sorting/sorting.xml" --with "./$2" --until 50 --every 50 -q -o out.npy
  fails 1 "$1" "$epns" verify "./$2"
  fails 1 "$1" "$epns" inspect "./$2"
  holds "nothing comes of $2" test ! -e out.npy
}
weights=$EPNS_SRCDIR/tests/golden/lattice-unet.weights.safetensors
: >empty.safetensors; model 'empty.safetensors' empty.safetensors
head -c 5000 "$weights" >cut.safetensors; model 'cut.safetensors' cut.safetensors
printf '\377\377\377\377\377\377\377\177{}' >long.safetensors
model 'long.safetensors' long.safetensors
printf '\014\0\0\0\0\0\0\0{"a":[1,2,3]' >json.safetensors; model 'json.safetensors' json.safetensors
head -c 4096 /dev/urandom >noise.safetensors; model 'noise.safetensors' noise.safetensors
mkdir model; model './model' model
echo '<model/>' >model/model.xml; model 'model.xml' model
change 's/TypeId="2"/TypeId="9"/' # the network knows types 0 to 3
fails 1 'type 9' "$epns" run changed.xml --with "$weights" --until 1 --every 1 -q -o out.npy
holds 'nothing comes of foreign types' test ! -e out.npy
fails 1 'missing.safetensors' "$epns" verify missing.safetensors
fails 1 'cut.safetensors' "$epns" verify "$weights" --reference cut.safetensors
fails 1 'give --reference' "$epns" verify "$weights" --gradients

# Recordings.
head -c 4096 /dev/urandom >noise.h5; fails 1 'noise.h5' "$epns" inspect noise.h5
printf '\223NUMPY\001\0\377\377' >cut.npy; fails 1 'cut.npy' "$epns" inspect cut.npy
fails 1 'noise.h5' "$epns" run "$sorting/sorting.xml" -q --resume -o noise.h5

# Plugins that are none.
other=$EPNS_BUILDDIR/tests/.libs/plugin-other-abi.so
echo 'not an object' >not.so
EPNS_PLUGIN_PATH=$other:$work/not.so "$epns" list -v >.out 2>.err
says 'plugin-other-abi.so: not used: it has no symbol epns_step_v1'
says 'not.so: not used: the system.s loader says: '
fails 1 'no step plugin was found\|unheard: ' env EPNS_PLUGIN_PATH="$other" "$epns" \
  run "$sorting/sorting.xml" --with unheard -q -o out.npy
holds 'nothing half written' test -z "$(ls -A | grep -e '^out' -e '^\.out\.')"
finish
