#!/bin/sh
# SPDX-License-Identifier: MIT
# epns run: formats, parameters, determinism, and everything that is refused.
. "$EPNS_SRCDIR/tests/command.sh"
tissue=$sorting/sorting.xml
run () { "$epns" run "$@"; }
run_toy () { EPNS_PLUGIN_PATH=$with_toy "$epns" run "$@"; }
header () { head -c 128 "$1" | tr -d '\0' | grep -a -o "'shape': ([0-9, ]*)"; }

# The documented shapes: member, time, y, x, [id, type]; no member axis for one.
quiet run "$tissue" --members 3 --until 20 --every 10 --seed 5 -q -o three.npy
holds 'shape of three members' test "$(header three.npy)" = "'shape': (3, 3, 64, 64, 2)"
quiet run "$tissue" --until 20 --every 10 --seed 5 -q -o one.npy
holds 'shape of one member' test "$(header one.npy)" = "'shape': (3, 64, 64, 2)"
holds 'little-endian int32 in C order' grep -a -q "'descr': '<i4', 'fortran_order': False" one.npy

# Member i is the same alone or among others, on any number of threads.
frame_bytes=$((3 * 64 * 64 * 2 * 4))
tail -c $frame_bytes one.npy >first
tail -c $((3 * frame_bytes)) three.npy | head -c $frame_bytes >first-of-three
holds 'member 0 of 3 is member 0 of 1' cmp -s first first-of-three
for threads in 1 2 4; do
  quiet run "$tissue" -n 3 -t $threads --until 20 --every 10 --seed 5 -q -o "threads$threads.npy"
  holds "$threads threads" cmp -s three.npy "threads$threads.npy"
done
quiet run "$tissue" -n 4 --until 20 --every 20 --seed 5 -q -o coarse.npy
frame=$((64 * 64 * 2 * 4))
tail -c $frame coarse.npy >/dev/null
tail -c $((4 * 2 * frame)) coarse.npy | head -c $((6 * frame)) | tail -c $frame >member2-at-20
tail -c $frame three.npy >member2-of-3-at-20
holds 'frames do not depend on how often they are taken, nor on the members' \
  cmp -s member2-at-20 member2-of-3-at-20
quiet run "$tissue" -n 3 --until 20 --every 10 --seed 6 -q -o other.npy
holds 'another seed, another run' sh -c '! cmp -s three.npy other.npy'

# One start for all, or a start of its own for each member; whichever model is run, it is the same one.
start () { tail -n +2 "$2" | awk -F, -v sim="$1" '$1 == sim && $2 == 0 { print $3, $4, $5, $6 }'; }
quiet run "$tissue" -n 2 --until 5 --every 5 --seed 5 -q -o alike.csv
quiet run "$tissue" -n 2 --until 5 --every 5 --seed 5 -q --starts varied -o varied.csv
quiet run "$tissue" -n 2 --until 5 --every 5 --seed 5 -q --set rng=compucell3d -o host.csv
quiet run "$tissue" -n 2 --until 5 --every 5 --seed 5 -q --set rng=compucell3d --starts one -o hosts-one.csv
quiet run "$tissue" --until 5 --every 5 --seed 6 -q -o next.csv
quiet run_toy "$tissue" --with toy -n 2 --until 5 --every 5 --seed 5 -q --starts varied -o toys.csv
holds 'one start by default' test "$(start 0 alike.csv)" = "$(start 1 alike.csv)"
holds 'one start if told so' test "$(start 0 hosts-one.csv)" = "$(start 1 hosts-one.csv)"
holds 'varied starts' test "$(start 0 varied.csv)" != "$(start 1 varied.csv)"
holds 'member 1 begins as the next seed' test "$(start 1 varied.csv)" = "$(start 0 next.csv)"
holds "a host's seeds vary them" test "$(start 1 host.csv)" = "$(start 1 varied.csv)"
holds 'another model begins alike' test "$(start 1 toys.csv)" = "$(start 1 varied.csv)"
fails 1 "--starts 'some': give one or varied" run "$tissue" --starts some -o never.npy

# CSV as OpenVT has it; several outputs of one run; a summary for machines.
works run "$tissue" --members 2 --until 10 --every 10 --json -o both.csv -o both.h5
says '"kind" *: *"cpm"'
says '"complete" *: *true'
holds 'CSV header' test "$(head -1 both.csv)" = simID,time,cellID,cellType,x,y
holds 'two simulations' test "$(tail -n +2 both.csv | cut -d, -f1 | sort -u | wc -l)" = 2
holds 'the type does not vary' \
  test "$(tail -n +2 both.csv | awk -F, '{print $1,$3,$4}' | sort -u | wc -l)" \
  = "$(tail -n +2 both.csv | awk -F, '{print $1,$3}' | sort -u | wc -l)"
works "$epns" inspect both.h5
says '^members: 2$'
says '^complete: yes$'
says '^kind: cpm$'
says '^scenario-sha256: [0-9a-f]*$'
works run "$tissue" --until 10 --every 10 -o said.npy
says '^said.npy: 1 member with cpm, frames every 10 up to 10 MCS$'
holds 'no progress bar in a pipe' sh -c '! grep -v "^note: " .err'
works run "$tissue" --until 30 -q -o planned.npy

# The guard: a network without training is told of, stopped, or stood in for.
wild="$EPNS_SRCDIR/tests/conformance/hybrid.epns.xml --with $EPNS_SRCDIR/tests/golden --until 300 --every 50 -n 2"
works run $wild -o wild.npy --guard warn
says '^guard: 12 of 12 learned steps not to be trusted'
holds 'every finding is told' test "$(grep -c '^guard: step ' .err)" = 12
fails 1 'guard: step 1 (50 MCS), member 0: .* --guard native$' run $wild -q -o stopped.npy --guard stop
holds 'a stopped run leaves nothing' test ! -e stopped.npy
works run $wild -o mended.npy --guard native --guard-pause 2 --json
says '"native-steps" *: *12'
works run $wild -t 1 -q -o mended1.npy --guard native --guard-pause 2
holds 'threads do not matter to it' cmp -s mended.npy mended1.npy
fails 1 'cpm is no learned model' run "$tissue" --until 20 -q -o no.npy --guard warn
works run "$EPNS_SRCDIR/tests/conformance/epns-graph.epns.xml" --members 2 --until 5 --every 1 -o bodies.npy --guard warn
says '^guard: 0 of 10 learned steps not to be trusted; 0 steps'
fails 1 'which is no native one' run "$EPNS_SRCDIR/tests/conformance/epns-graph.epns.xml" --until 5 --every 1 -q -o no.npy \
  --guard native
rm bodies.npy
fails 1 'give warn, stop or native' run "$tissue" -o no.npy --guard nativ
fails 1 'whole number of learned steps' run "$tissue" -o no.npy --guard native --guard-pause 0
fails 1 'is for --guard native' run "$tissue" -o no.npy --guard stop --guard-pause 3
fails 1 'would not go on as before' run "$tissue" -o no.h5 --guard native --resume

# Parameters: numbers, words, lists, one for all; what is not declared is answered by what is.
plain="--until 4 --every 2 -q"
quiet run "$tissue" $plain --set temperature=0.5 --set target-volume=0,30,20 -o set.npy
quiet run "$tissue" $plain --set frozen=1 -o frozen.npy
tail -c $frame frozen.npy >last; tail -c $((3 * frame)) frozen.npy | head -c $frame >start
holds 'frozen tissue stays' cmp -s start last
fails 1 "cpm has no parameter 'temprature'; it has temperature, " \
  run "$tissue" $plain --set temprature=3 -o x.npy
fails 1 "'warm' is not a number; temperature takes real" \
  run "$tissue" $plain --set temperature=warm -o x.npy
fails 1 "'nan' is not a number" run "$tissue" $plain --set temperature=nan -o x.npy
fails 1 'none of what rng takes: positional,compucell3d' \
  run "$tissue" $plain --set rng=dice -o x.npy
fails 1 '4 values; target-volume takes 3 \[type\]' \
  run "$tissue" $plain --set target-volume=1,2,3,4 -o x.npy
fails 1 'no NAME=VALUE' run "$tissue" $plain --set rng -o x.npy
fails 1 'neighbor-order takes whole numbers' run "$tissue" $plain --set neighbor-order=1.5 -o x.npy
fails 1 'cpm: ' run "$tissue" $plain --set temperature=-1 -o x.npy

# A learned kind, stepped like the other.
learned=$EPNS_SRCDIR/tests/conformance/epns-lattice.epns.xml
for threads in 1 3; do
  quiet run "$learned" -n 2 -t $threads --until 4 --every 2 -q -o "learned$threads.npy"
done
holds 'threads of the learned kind' cmp -s learned1.npy learned3.npy
for ships in cellsort cellsort-long cellsort-long-mended; do
  case $ships in cellsort) step=50 ;; *) step=500 ;; esac
  for threads in 1 2; do
    quiet run "$tissue" --with $ships -n 2 -t $threads --until $step --every $step -q \
      -o "$ships$threads.npy"
  done
  holds "threads of $ships" cmp -s ${ships}1.npy ${ships}2.npy
done
holds 'native steps mend the long one' sh -c '! cmp -s cellsort-long1.npy cellsort-long-mended1.npy'
sed 's/NonCondensing/Other/g' "$tissue" >renamed.xml
fails 1 "type 2 is 'Other', and the model knows the types Medium,Condensing,NonCondensing" \
  run renamed.xml --with cellsort --until 50 --every 50 -o x.npy

# A learned step at what it was not trained at: said once, or refused; at what it was, not a word.
sed 's/>10.0</>20</' "$tissue" >warm.xml
works run warm.xml --with cellsort -n 12 --until 50 --every 50 -q -o warm.npy
holds 'one warning for twelve members' test "$(wc -l <.err)" = 1
holds 'the warning' grep -q '^warning: temperature is 20, and the model was trained at 10: ' .err
works run warm.xml --with cellsort --until 50 --every 50 -q --json -o warm.npy
says '^ *"temperature is 20, and the model was trained at 10: '
works run "$tissue" --with cellsort --until 50 --every 50 -q --json -o warm.npy
says '"warnings" *: *\[\]'
rm warm.npy
fails 1 'temperature is 20, and the model was trained at 10: ' \
  run warm.xml --with cellsort --set outside=refuse --until 50 --every 50 -o warm.npy
holds 'a refusal leaves nothing' sh -c '! ls -A | grep warm.npy'
quiet run "$tissue" --with cellsort --set outside=refuse --until 50 --every 50 -q -o trained.npy
sed 's/x="64" y="64"/x="160" y="64"/' "$tissue" >wide.xml
fails 1 'longest side in sites is 160, and the model was trained on 48 to 128: ' \
  run wide.xml --with cellsort --set outside=refuse --until 50 --every 50 -q -o wide.npy
holds 'a refused lattice leaves nothing' sh -c '! ls -A | grep wide.npy'
works run "$learned" --until 2 --every 1 -o learned.h5
holds 'a model of unstated time says so' grep -q 'does not say how many MCS' .err
fails 1 'epns-lattice needs a model' run "$tissue" --with epns-lattice $plain -o x.npy

# The same with a plugin that knows nothing of all this.
quiet run_toy "$tissue" --with toy $plain -n 2 -o toy.npy
quiet run_toy "$tissue" --with toy $plain --set motion=still \
  --set pairs=1,2,3,4,5,6,7,8,9 -o still.npy
fails 1 'toy-needy needs the parameter must \[type\]' \
  run_toy "$tissue" --with toy-needy $plain -o x.npy
quiet run_toy "$tissue" --with toy-needy $plain --set must=3 -o needy.npy
fails 1 'toy-gas: .*position.*choose a lattice model' \
  run_toy "$tissue" --with toy-gas $plain -o x.npy
fails 1 "type 2 is 'NonCondensing', and the model knows the types Medium,Condensing,Other" \
  run_toy "$tissue" --with toy-named $plain -o x.npy
quiet run_toy renamed.xml --with toy-named $plain -o named.npy
echo 'toy 50' >fifty
works run_toy "$tissue" --with ./fifty -o fifty.npy
says 'with toy-file, frames every 50 up to 500 MCS'
holds 'rounding is not silent' grep -q 'note: frames every 50 .*the model.s step is 50' .err
fails 1 '--every 60: not a multiple of the model.s step, 50 MCS; the nearest are 50 or 100' \
  run_toy "$tissue" --with ./fifty --every 60 -o x.npy
fails 1 'not a multiple of --every, 100 MCS; the nearest are 200 or 300' \
  run_toy "$tissue" --with ./fifty --every 100 --until 250 -o x.npy
echo 'nothing' >nothing
fails 1 'no kind opens it: .*toy-file: ' run_toy "$tissue" --with ./nothing -o x.npy
fails 1 'no kind, no file or folder and no shipped model is called this' \
  run "$tissue" --with nobody -o x.npy

# The command line.
fails 1 '--members 0: give a whole number from 1' run "$tissue" --members 0 -o x.npy
fails 1 'GB and this machine has' run "$tissue" --members 2000000000 -o x.npy
fails 1 '--seed -1' run "$tissue" --seed -1 -o x.npy
fails 1 '--threads 0' run "$tissue" --threads 0 -o x.npy
fails 1 '--until 7.5: not a multiple of the model.s step, 1 MCS; the nearest are 7 or 8' \
  run "$tissue" --until 7.5 -o x.npy
fails 1 '--until -3: give a number above 0' run "$tissue" --until -3 -o x.npy
fails 1 '--every nan' run "$tissue" --every nan -o x.npy
fails 1 'give an --every' run "$tissue" --until 1e9 --every 1 -o x.npy
fails 1 'no output is named' run "$tissue"

# Where the result cannot go: nothing is left behind.
fails 1 'x.txt' run "$tissue" $plain -o x.txt
fails 1 'three.npy/x.npy' run "$tissue" $plain -o three.npy/x.npy
fails 1 'nowhere/x.h5' run "$tissue" $plain -o nowhere/x.h5
fails 1 '/proc/x.csv' run "$tissue" $plain -o /proc/x.csv
for suffix in npy h5 csv; do
  mkdir "full-$suffix"
  fails 1 "x.$suffix" \
    sh -c "cd full-$suffix; trap '' XFSZ; ulimit -f 20; exec $epns run $tissue -n 4 -q -o x.$suffix"
  holds "a full disk leaves nothing of .$suffix" test -z "$(ls -A "full-$suffix")"
done
fails 1 'missing.xml' run missing.xml -o x.npy
holds 'nothing half written' test -z "$(ls -A | grep -e '^x\.' -e '^\.x')"
finish
