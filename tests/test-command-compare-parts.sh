#!/bin/sh
# SPDX-License-Identifier: MIT
# epns compare by several processes: the figures of one, whoever steps what, whatever was cut short; and no wait for
# what never comes.
. "$EPNS_SRCDIR/tests/command.sh"
unset SLURM_ARRAY_TASK_ID OMPI_COMM_WORLD_RANK OMPI_COMM_WORLD_SIZE PMI_RANK PMI_SIZE
tissue=$sorting/sorting.xml
plan="compare $tissue --learned cpm --members 3 --seed 5 --every 10 -t 1"
compare () { "$epns" $plan "$@"; }
start () { exec "$epns" $plan "$@"; } # behind this script: a process to send signals to
short='--until 20'
same () {
  for file in table.txt table.csv table.json report.csv courses.csv curves.png snapshots.png animation.png; do
    holds "$file of $2 is that of $1" cmp -s "$1/$file" "$2/$file"
  done
}
settled () { # settled CONDITION...: within 20 seconds
  tries=100
  until "$@" 2>/dev/null || [ $((tries -= 1)) = 0 ]; do sleep 0.2; done
  holds "in time: $*" "$@"
}

quiet compare -q -o one $short
quiet compare -q -o varied --starts varied $short

# Ranks of mpirun: the last one speaks.
OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 start -o two $short >first.out 2>first.err &
OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 works compare -o two $short
says '^native   cpm .* 1 thread, 3 members)$'
says '^learned  cpm .* 1 thread, 2 members)$'
says '^(by the last of 2 processes that shared the members)$'
holds 'the first one ends well' wait $!
holds 'and says nothing' test ! -s first.out -a ! -s first.err
same one two
holds 'the report says whose costs these are' grep -q 'stepped together on 1 thread by one of 2 processes' two/report.json
holds 'learned frames are scored by the native Hamiltonian' grep -q '^hamiltonian,1,20,3,3,[0-9.]*,[0-9.]*,[0-9.]' two/report.csv
quiet "$epns" merge -q two/parts/learned.part-*.h5 -o learned.npy
quiet "$epns" run "$tissue" --members 3 --seed 5 --until 20 --every 10 -q -o alone.npy
holds 'parts are recordings' cmp -s learned.npy alone.npy

# Parts one after the other, by hand and as tasks of an array.
quiet compare --part 1/3 --starts varied -o three $short
SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_STEP=1 SLURM_ARRAY_TASK_COUNT=3 \
  quiet compare --part slurm --starts varied -o three $short
quiet compare --part 3/3 --starts varied -q -o three $short
same varied three

# Bodies, too.
bodies () { "$epns" compare "$EPNS_SRCDIR/tests/conformance/nbody.epns.xml" --learned nbody --members 4 --until 0.04 --every 0.01 -t 1 "$@"; }
quiet bodies -q -o stars
quiet bodies --part 1/2 -o galaxy
quiet bodies --part 2/2 -q -o galaxy
holds 'bodies in parts' cmp -s stars/report.csv galaxy/report.csv

# What is finished stays, what was killed is begun again, what was shorter or stopped goes on.
before=$(ls -i two/parts)
quiet compare --part 1/2 -o two $short
works compare --part 2/2 -o two $short
says '^what steps cost is not known: these members were finished before$'
holds 'no part is stepped again' test "$(ls -i two/parts)" = "$before"
same one two
start --part 1/2 -o cut --until 200000 >killed.out 2>&1 &
settled test -d cut/parts
sleep 0.3
kill -9 $!
wait $! 2>/dev/null
holds 'the killed leave no part' test ! -e cut/parts/native.part-1-of-2.h5
quiet compare --part 1/2 -o cut --until 10
quiet compare --part 1/2 -o cut $short
quiet compare --part 2/2 -q -o cut $short
same one cut
start --part 1/2 -o stopped --until 200000 >stopped.out 2>&1 &
settled test -d stopped/parts
sleep 0.3
kill -TERM $!
wait $!
holds 'stopped by a signal' test $? = 130
holds 'with a word' grep -q 'stopped; the same command goes on with what the parts have recorded' stopped.out
works "$epns" inspect stopped/parts/native.part-1-of-2.h5
says '^members: 0 to 2 of 6$'

# Other comparisons' parts are not touched, nor anything stepped before that is seen.
fails 1 'part 1 of 2: two/parts/native.part-1-of-2.h5: its seed was 5 and is now 6' compare --seed 6 --part 1/2 -o two $short
fails 1 'native.part-1-of-2.h5: parameters was' compare --set temperature=3 --part 1/2 -o two $short
EPNS_PLUGIN_PATH=$with_toy fails 1 'learned.part-1-of-2.h5: kind was cpm and is now toy' \
  compare --learned toy --part 1/2 -o two $short
fails 1 'members was 0 to 2 of 6' compare --members 4 --part 1/2 -o two $short
fails 1 'a frame at 20 MCS, which this run would not take' compare --part 1/2 -o two --until 10
fails 1 'its seed was 5' compare --seed 6 --part 2/2 -o two $short
holds 'all are as they were' test "$(ls -i two/parts | grep -v failed)" = "$before"
quiet compare --part 1/2 -o two $short
holds 'word of a failure goes with a new start' test ! -e two/parts/failed.part-1-of-2.txt

# Who waits says so, ends on a signal, and hears of a failure.
start --part 2/2 -o waits $short >waits.out 2>waits.err &
waiting=$!
mkdir -p bad/parts
echo junk >bad/parts/native.part-1-of-2.h5
fails 1 'part 1 of 2: bad/parts/native.part-1-of-2.h5: cannot be read' compare --part 1/2 -o bad $short
fails 1 'part 1 of 2: .*cannot be read.*; start all parts again' compare --part 2/2 -q -o bad $short
holds 'which is heard once' test ! -e bad/parts/failed.part-1-of-2.txt
settled grep -q '^epns compare: waiting for waits/parts/native.part-1-of-2.h5' waits.err
kill -TERM $waiting
wait $waiting
holds 'a wait ends on a signal' test $? = 130
holds 'without a report' test ! -e waits/table.txt

fails 1 '3 members are fewer than 4 parts' compare --part 1/4 -o no $short
fails 1 'which a part has not' compare --part 1/2 --guard warn -o no $short
fails 1 "'3/2': give I/N" compare --part 3/2 -o no $short
fails 1 'learned.npy: the folder cannot be made' compare --part 1/2 -o learned.npy $short
mkdir full
echo >full/parts
fails 1 'full/parts: the folder cannot be made' compare --part 1/2 -o full $short
holds 'what cannot be compared leaves no folder' test ! -e no

if command -v mpirun >/dev/null; then
  works mpirun -n 3 --oversubscribe --allow-run-as-root "$epns" $plan -o mpirun $short
  says '^(by the last of 3 processes'
  holds 'once' test "$(grep -c '^KS:' .out)" = 1
  same one mpirun
fi
finish
