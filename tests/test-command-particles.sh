#!/bin/sh
# SPDX-License-Identifier: MIT
# epns on particles as on lattices: run, resume, inspect, validate, and what is refused.
. "$EPNS_SRCDIR/tests/command.sh"
run () { "$epns" run "$@"; }
header () { head -c 128 "$1" | tr -d '\0' | grep -a -o "'shape': ([0-9, ]*)"; }

stars () { # stars SPACE BODIES
  printf '<scenario xmlns="https://epns.org/ns/scenario/1" version="1"><space %s/>
<parameters><parameter name="softening" value="0.02"/></parameters><bodies>%s</bodies>
<run seed="4" until="0.2" every="0.05"><model name="native" kind="nbody"/></run></scenario>\n' "$1" "$2"
}
stars 'axes="3"' '<normal bodies="5" x="0" y="0" z="0" spread="1" mass="1" mass-to="3" speed="0.5" at-rest="true"/>' >stars.xml
stars 'axes="2"' '<ball bodies="4" x="0" y="0" within="3"/><body x="9" y="0" id="40" radius="0.5"/>' >plane.xml

quiet "$epns" validate stars.xml plane.xml
works "$epns" inspect stars.xml
says '^space: free, 3 axes$'
says '^bodies: 5 of total mass '
says '^type 0: Body, 5 bodies at the start$'
says '^parameter softening=0.02$'

# The documented shapes: member, time, body, [m, x, y, z, vx, vy, vz]; no member axis for one.
quiet run stars.xml --members 3 -q -o three.npy
holds 'shape of three members' test "$(header three.npy)" = "'shape': (3, 5, 5, 7)"
quiet run stars.xml -q -o one.npy
holds 'shape of one member' test "$(header one.npy)" = "'shape': (5, 5, 7)"
quiet run plane.xml -q -o plane.npy
holds 'shape in a plane' test "$(header plane.npy)" = "'shape': (5, 5, 5)"

# Member i is the same alone or among others, on any number of threads, however often it is looked at.
bytes=$((5 * 5 * 7 * 8))
tail -c $bytes one.npy >alone
tail -c $((3 * bytes)) three.npy | head -c $bytes >first
holds 'member 0 of 3 is member 0 of 1' cmp -s alone first
for threads in 1 2 4; do
  quiet run stars.xml -n 3 -t $threads -q -o again.npy
  holds "$threads threads" cmp -s three.npy again.npy
done
quiet run stars.xml -n 3 -s 5 -q -o other.npy
holds 'another seed, another run' sh -c '! cmp -s three.npy other.npy'
quiet run stars.xml --every 0.2 -q -o coarse.npy
frame=$((5 * 7 * 8))
tail -c $frame one.npy >end; tail -c $frame coarse.npy >coarse-end
holds 'frames do not depend on how often they are taken' cmp -s end coarse-end

# Every format at once; what is recorded is said.
works run plane.xml --members 2 -o both.h5 -o both.xyz -o both.csv
says '^both.h5, both.xyz, both.csv: 2 members with nbody, frames every 0.05 up to 0.2 1$'
holds 'lines of XYZ' test "$(wc -l <both.xyz)" = $((2 * 5 * 7))
holds 'rows of CSV' test "$(wc -l <both.csv)" = $((1 + 2 * 5 * 5))
works "$epns" inspect both.h5
says '^members: 2$'
says '^complete: yes$'
says '^space: free, 2 axes$'
says '^bodies: 5 with radii, lengths in '
says '^kind: nbody$'

# A comparison has pictures and a table, of what particles have.
works "$epns" compare stars.xml --learned nbody --members 4 -o report
says '^Total energy '
says '^Nearest-neighbour distance '
holds 'no observable of lattices' sh -c '! grep -q -e Clusters -e "- +- -" .out'
holds 'no complaint' test ! -s .err
for name in snapshots.png curves.png table.csv report.html; do
  holds "$name is written" test -s "report/$name"
done
works "$epns" compare "$EPNS_SRCDIR/tests/conformance/physicell-mechanics.epns.xml" \
  --learned physicell-mechanics --members 2 --until 1 --every 0.5 -o cells
says '^Unlike share of boundary '
says '^Speed \[micron min-1\]'
holds 'cells have no potential' sh -c '! grep -q -e Potential .out'

holds 'clusters and radial order are of types' grep -q '^radial-order:B,1,1,2,2,' cells/report.csv

# Bodies that a learned model drives into each other are stood in for, and counted.
mkdir wild
cp "$EPNS_SRCDIR/tests/golden/fagnn_b3.weights.safetensors" wild/
printf '<model xmlns="https://epns.org/ns/model/1" version="1" name="Wild"><network kind="epns-graph" scale="1e-4"/>
<weights file="fagnn_b3.weights.safetensors"/><step length="0.1" unit="1"/></model>\n' >wild/model.xml
works "$epns" compare stars.xml --learned wild --members 4 --until 0.4 --every 0.1 --guard native --guard-pause 2 -q -o guarded
holds 'energy out of nothing is told of' grep -q '^guard: step [12] (0.[12] units of time), member [0-3]: the energy has changed by .*; the step is undone, and nbody takes over for 0.2 units of time$' .err
holds 'and counted by member' sh -c "tr -d ' \n' <guarded/report.json | grep -q '\"jump\":\[[1-9],[1-9],[1-9],[1-9]\],\"native_steps\":\[[1-9],'"
holds 'and said' grep -q 'what is compared here is both together' guarded/report.html

fails 1 'the space has 3 axes' run stars.xml -q -o a.csv
fails 1 'must end in .h5, .npy, .csv or .xyz' run stars.xml -q -o a.txt
fails 1 'must end in .h5, .npy or .csv$' run "$sorting/sorting.xml" -q -o a.xyz
fails 1 "it steps 'cell-id', which a system of particles does not have; choose a particle model" \
  run stars.xml --with cpm --until 1 --every 1 -q -o a.h5
fails 1 "it steps 'position', which a lattice of cells does not have; choose a lattice model" \
  run "$sorting/sorting.xml" --with nbody -q -o a.h5
fails 1 'only .h5 recordings\|only an .h5 file' run stars.xml -q --resume -o one.npy

holds 'nothing half written' test -z "$(ls -A | grep -e '^a\.' -e '^\.[a-z0-9]*\.\(h5\|npy\|xyz\|csv\)')"
finish
