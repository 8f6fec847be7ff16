#!/bin/sh
# SPDX-License-Identifier: MIT
# epns compare: pictures and tables come out, the same for any threads; what cannot be compared
# leaves no folder.
. "$EPNS_SRCDIR/tests/command.sh"
tissue=$sorting/sorting.xml
compare () { EPNS_PLUGIN_PATH=$with_toy "$epns" compare "$@"; }
echo 'toy 50' >learned
short="--learned ./learned --members 3 --until 150 --every 50"

works compare "$tissue" $short --threads 1 -o one
says 'native   cpm  *[0-9.e-]* ms a step of 1 MCS, .*(one member, wall time, 1 thread, 6 members)'
says 'learned  toy-file  *[0-9.e-]* ms a step of 50 MCS'
says 'pictures are in one$'
for file in snapshots.png curves.png table.txt table.csv table.json; do
  holds "$file is written" test -s "one/$file"
done
holds 'the picture is a PNG' test "$(head -c 4 one/snapshots.png | tail -c 3)" = PNG
holds 'learned frames are scored by the native Hamiltonian' \
  grep -q '^hamiltonian,1,150,3,3,[0-9.]*,[0-9.]*,[0-9.]' one/report.csv
for quantity in energy-score stable ks,volume rank,volume rank-unevenness,volume leaves-floor-at,volume; do
  holds "the course of $quantity" grep -q "^$quantity,[0-9,.]*[0-9]" one/courses.csv
done
holds 'ranks are of every member at every time' test "$(awk -F, '$1 == "rank" && $2 == "volume" { n += $4 } END { print n }' one/courses.csv)" = 9
holds 'wall time is reported' grep -q '"most_milliseconds_a_step"' one/report.json
quiet compare "$tissue" $short --threads 2 -q -o two
for file in table.txt table.csv table.json; do
  holds "$file does not depend on threads" cmp -s "one/$file" "two/$file"
done
works compare "$tissue" $short --json -o two
says '"milliseconds-a-step"'
quiet compare "$sorting/sorting.epns.xml" $short --native as-compucell3d -q -o host
quiet compare "$tissue" --learned toy --native cpm --members 2 --until 4 --every 2 -q -o quick

# what is set by hand reaches the learned model where a scenario could have stated it
works compare "$tissue" --learned cellsort --members 2 --until 50 --set temperature=30 --set sampling=border -q -o warned
holds 'a warning of what the model was trained at' grep -q 'temperature is 30, and the model was trained at 10' .err
rm -r warned

# two tables of the OpenVT benchmark, which epns run writes
works "$epns" run "$tissue" --members 2 --until 100 --every 20 -q -o a.csv
sed 's/,1,\([0-9.]*,[0-9.]*\)$/,0,\1/; s/,2,\([0-9.]*,[0-9.]*\)$/,1,\1/' a.csv >b.csv
works "$epns" compare --a a.csv --b b.csv -o tables
says 'types from 1$'
says 'types from 0$'
says 'differs by 0 on average'
says 'KS 0, exact p 1.00'
for file in report.html report.json report.csv animation.png figures/curves.svg; do
  holds "$file of tables is written" test -s "tables/$file"
done
says 'Undecided: with so few members'
holds 'the entries are named' grep -q 'Two entries of the OpenVT cell-sorting benchmark, A: a.csv' tables/report.html
holds 'the metrics are in the report' grep -q '^voronoi-length,1,100,2,2,' tables/report.csv
holds 'both numberings have the same metrics' cmp -s tables/metrics-a.csv tables/metrics-b.csv
fails 1 'give both tables' compare --a a.csv
fails 1 'missing.csv: cannot be read' compare --a a.csv --b missing.csv
rm -r tables a.csv b.csv

fails 1 'give -o DIR' compare "$tissue" --learned toy
fails 1 'give --learned MODEL' compare "$tissue" -o no
fails 1 '--members 1: give a whole number from 2' compare "$tissue" --learned toy -n 1 -o no
fails 1 'nobody: ' compare "$tissue" --learned nobody -o no
fails 1 'toy-gas: ' compare "$tissue" --learned toy-gas --until 2 --every 1 -q -o no
fails 1 '--every 60: not a multiple' compare "$tissue" --learned ./learned --every 60 -o no
fails 1 'learned: the folder cannot be made' compare "$tissue" $short -o learned
fails 1 'learned/deep: the folder cannot be made' compare "$tissue" $short -o learned/deep
fails 1 'missing.xml' compare missing.xml $short -o no
alone learned one two host quick
finish
