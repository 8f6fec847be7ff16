#!/bin/sh
# SPDX-License-Identifier: MIT
# Ensembles in parts: any split gives the bits of one process, finished parts are left alone, unfinished ones go on.
. "$EPNS_SRCDIR/tests/command.sh"
unset SLURM_ARRAY_TASK_ID OMPI_COMM_WORLD_RANK OMPI_COMM_WORLD_SIZE PMI_RANK PMI_SIZE
tissue=$sorting/sorting.xml
run () { "$epns" run "$tissue" --until 20 --every 10 --seed 5 --members 5 -t 1 "$@"; }

quiet run -q -o whole.npy
quiet run -q -o whole.h5
quiet run -q --starts varied -o varied.npy
for parts in 1 2 3 5; do
  i=0
  while [ $((i += 1)) -le $parts ]; do quiet run -q --part $i/$parts -o "in$parts.h5"; done
  [ $parts = 1 ] && continue
  works "$epns" merge in$parts.part-*.h5 -o joined$parts.npy
  says "^joined$parts.npy: 5 members of $parts parts$"
  holds "the bits of one process from $parts" cmp -s whole.npy joined$parts.npy
done
holds 'one part is the whole' test -s in1.h5
works "$epns" inspect in2.part-2-of-2.h5
says '^members: 3$'
says '^members: 2 to 4 of 5$'

# Starts of their own; an array of tasks; ranks of mpirun.
for task in 10 12 14; do
  SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_STEP=2 SLURM_ARRAY_TASK_COUNT=3 \
    quiet run -q --starts varied --part slurm -o array.h5
done
quiet "$epns" merge -q array.part-3-of-3.h5 array.part-1-of-3.h5 array.part-2-of-3.h5 -o array.npy
holds 'an array of tasks, in any order' cmp -s varied.npy array.npy
for rank in 0 1; do
  OMPI_COMM_WORLD_RANK=$rank OMPI_COMM_WORLD_SIZE=2 quiet run -q -o open.h5
  PMI_RANK=$rank PMI_SIZE=2 quiet run -q -o mpich.h5
done
quiet "$epns" merge -q open.part-*.h5 -o open.npy
quiet "$epns" merge -q mpich.part-*.h5 -o mpich.npy
holds 'ranks of Open MPI' cmp -s whole.npy open.npy
holds 'ranks of MPICH' cmp -s whole.npy mpich.npy
if command -v mpirun >/dev/null; then
  works mpirun -n 2 --oversubscribe --allow-run-as-root "$epns" run "$tissue" --until 20 --every 10 --seed 5 --members 5 \
    -t 1 -q -o mpirun.h5
  quiet "$epns" merge -q mpirun.part-*.h5 -o mpirun.npy
  holds 'mpirun itself' cmp -s whole.npy mpirun.npy
fi

# What is finished is left alone, what is not goes on, and what is another run's is not touched.
before=$(ls -i in2.part-1-of-2.h5)
works run --part 1/2 -o in2.h5
says '^in2.part-1-of-2.h5: finished before, members 0 to 1 of 5$'
holds 'it is the same file' test "$(ls -i in2.part-1-of-2.h5)" = "$before"
quiet "$epns" run "$tissue" --until 10 --every 10 --seed 5 --members 5 -q --part 1/2 -o short.h5
quiet "$epns" run "$tissue" --until 10 --every 10 --seed 5 --members 5 -q --part 2/2 -o short.h5
quiet run -q --part 1/2 -o short.h5
fails 1 'its seed, members or times are not those of' "$epns" merge short.part-*.h5 -o never.npy
quiet run -q --part 2/2 -o short.h5
quiet "$epns" merge -q short.part-*.h5 -o short.npy
holds 'parts that went on' cmp -s whole.npy short.npy
fails 1 'seed' "$epns" run "$tissue" --until 20 --every 10 --seed 6 --members 5 -q --part 1/2 -o in2.h5
fails 1 'parameters was' run -q --set temperature=3 --part 1/2 -o in2.h5

# The whole goes on as if one process had made it.
quiet "$epns" merge -q in3.part-*.h5 -o long.h5
for file in long whole; do
  quiet "$epns" run "$tissue" --until 40 --every 10 --seed 5 --members 5 -q --resume -o $file.h5
done
holds 'a merged recording is resumed' sh -c "\"$epns\" inspect long.h5 >a; \"$epns\" inspect whole.h5 >b; sed -i '/^recording:/d' a b; cmp -s a b"
for file in long whole; do
  "$epns" export $file.h5 $file.xml --member 4 2>.err >.out || complain "$file.h5 cannot be exported"
done
holds 'to the same lattices' cmp -s long.xml whole.xml

# What several recorded, compared.
quiet "$epns" merge -q in5.part-*.h5 -o native.h5
quiet run -q --seed 6 -o second.h5
quiet run -q --seed 7 --set temperature=30 -o hot.h5
works "$epns" compare --a native.h5 --second second.h5 --b hot.h5 -o report
says '^KS floor: two native ensembles (5 and 5 members)'
says '^[A-Z][a-z]*'
for file in report.html report.json report.csv table.txt snapshots.png animation.png; do
  holds "$file of recordings" test -s report/$file
done
holds 'hot beside native' grep -q '^hamiltonian\|^displacement,1,20,5,5,' report/report.csv
works "$epns" compare --a native.h5 --b native.h5 -q -o same
holds 'nothing differs from itself' grep -q '"rejected" : 0' same/report.json
fails 1 'give -o DIR' "$epns" compare --a native.h5 --b hot.h5
fails 1 'leave it out of tables' "$epns" compare --a x.csv --b y.csv --second native.h5

fails 1 "members 2 to 4 are in no part" "$epns" merge in2.part-1-of-2.h5 -o never.h5
fails 1 "members 0 to 1 are in no part" "$epns" merge in2.part-2-of-2.h5 -o never.h5
fails 1 'give each part once' "$epns" merge in2.part-*.h5 in3.part-1-of-3.h5 -o never.h5
fails 1 'it is no part of an ensemble' "$epns" merge whole.h5 -o never.h5
fails 1 'no output is named' "$epns" merge in2.part-1-of-2.h5
fails 1 "'3/2': give I/N" run --part 3/2 -o never.h5
fails 1 'no task of an array' run --part slurm -o never.h5
fails 1 '5 members are fewer than 6 parts' run --part 1/6 -o never.h5
fails 1 'recorded to .h5' run --part 1/2 -o never.npy
fails 1 'which a part has not' run --part 1/2 --guard warn -o never.h5
finish
