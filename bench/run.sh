#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the benches in the build folder's top, ours and PyTorch's in turn, and prints a table of ratios. EPNS_BENCH=full: more
# rounds, 512 graphs at once, and updates of the published lattice network. Lines of JSON, one a measurement, stay in bench/results.
set -eu
here=${EPNS_SRCDIR:?names the source tree}/bench
mode=${EPNS_BENCH:-quick}
results=bench/results
lines=$results/lines-$mode.jsonl
mkdir -p "$results"

python=
for candidate in python3 /usr/bin/python3; do
  if "$candidate" -c 'import numpy, torch' 2>/dev/null; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || echo "No python3 here has torch (Debian: python3-torch), so ratios against PyTorch are not run." >&2

ours() { echo "  bench-$*" >&2; "./bench/bench-$@" >>"$lines"; }
torch() {
  [ -n "$python" ] || return 0
  echo "  torch/$*" >&2
  script=$1
  shift
  PYTHONDONTWRITEBYTECODE=1 "$python" "$here/torch/$script" "$@" >>"$lines"
}
both_lattices() { ours lattice "$1" "$2"; torch bench_lattice.py "$1" "$2"; }

cp "$here/earlier.jsonl" "$lines"
case $mode in
  quick) rounds=2 ;;
  full) rounds=4 ;;
  *) echo "EPNS_BENCH is $mode; make it quick or full" >&2; exit 2 ;;
esac
round=0
while [ $round -lt $rounds ]; do
  round=$((round + 1))
  echo "round $round of $rounds" >&2
  for bench in cpm nn shipped particles ensemble; do ours $bench; done
  [ ! -x bench/bench-dnnl ] || (export OMP_NUM_THREADS=1 && ours dnnl)
  ours graph "$results"
  torch bench_graph.py "$results"
  if [ $round = 1 ] || [ "$mode" = full ]; then
    ours shipped growth
    ours train "$results"
    torch bench_step.py "$results"
  fi
done
[ "$mode" = quick ] || { ours graph "$results" 512; torch bench_graph.py "$results" 512; }
for threads in 1 2; do
  both_lattices step $threads
  ours lattice half $threads
done
[ "$mode" = quick ] || for threads in 1 2; do both_lattices update $threads; done

machine=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
{
  echo "$mode, $(nproc) processors: $machine"
  awk -f "$here/table.awk" "$here/bars" "$lines"
} | tee "$results/table-$mode.txt"
