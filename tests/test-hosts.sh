#!/bin/sh
# SPDX-License-Identifier: MIT
# The hosts in C and in C++: short, without a warning, swapping steps by name to the same numbers;
# what is refused is said, and leaves the tissue as it was. What the README shows is in the first.
. "$EPNS_SRCDIR/tests/command.sh"
hosts=$EPNS_SRCDIR/examples/hosts
libs=$EPNS_BUILDDIR/plugin/.libs
learned=$EPNS_SRCDIR/models/trained/cellsort

build () { # COMPILER... SOURCE PROGRAM
  quiet "$@" -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror ${SANITIZE:-} \
    -I"$EPNS_SRCDIR/plugin" -L"$libs" -Wl,-rpath,"$libs" -lepns
}

# sums: what each leg of the last program left
sums () { sed -n 's/.*, sum //p' .out; }

awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$EPNS_SRCDIR/README.md" >shown
holds 'the README shows C' test "$(wc -l <shown)" -gt 10
awk 'NR == FNR { shown = shown $0 "\n"; next } { whole = whole $0 "\n" }
     END { exit index(whole, shown) == 0 }' shown "$hosts/c/host.c" ||
  complain 'what the README shows is not in examples/hosts/c/host.c'
holds 'the C host has fewer than 100 lines' test "$(wc -l <"$hosts/c/host.c")" -lt 100

: >.out >.err
build ${CC:-cc} -std=c99 "$hosts/c/host.c" -o host-c
build ${CXX:-c++} -std=c++11 "$hosts/c++/host.cpp" -o host-c++

set -- cpm:100 "epns-lattice:50:$learned" cpm:20
works ./host-c "$@"
sums >c.sums
holds 'each leg changed the tissue' test "$(sort -u c.sums | wc -l)" = 4
works ./host-c++ "$@"
sums | cmp -s c.sums - || complain 'the C++ host differs from the C host'

# Refused: half a step, no step of the model's, a file that is gone, a kind that is not, a lattice to bodies.
set -- cpm:20 cpm:0.5 "epns-lattice:70:$learned" epns-lattice:50:gone nope:1 nbody:1
for host in ./host-c ./host-c++; do
  $host "$@" >.out 2>.err && complain "$host says all is well"
  holds "$host: $(sums | uniq | wc -l) states" test "$(sums | uniq | wc -l)" = 2
  holds "$host: as many refusals as there are" test "$(grep -c '^refused: ' .out)" = 5
  says '0.5 MCS; a Cellular Potts step is 1 MCS'
  says 'one step of this model is 50'
  says 'gone: .*give a readable file'
  says "no plugin offers kind 'nope'"
  says "'position' is absent"
done
finish
