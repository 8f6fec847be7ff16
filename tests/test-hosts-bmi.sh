#!/bin/sh
# SPDX-License-Identifier: MIT
# The BMI facade through all its functions: the same cells as the host in C leaves.
. "$EPNS_SRCDIR/tests/command.sh"
facade=$EPNS_SRCDIR/examples/hosts/bmi
libs=$EPNS_BUILDDIR/plugin/.libs
warn='-std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Werror'

# shellcheck disable=SC2086
quiet ${CC:-cc} $warn ${SANITIZE:-} -I"$EPNS_SRCDIR/plugin" -I"$facade" "$EPNS_SRCDIR/tests/hosts-bmi.c" \
  "$facade/epns_bmi.c" "$facade/settings.c" -o bmi -L"$libs" -Wl,-rpath,"$libs" -lepns -lm
# shellcheck disable=SC2086
quiet ${CC:-cc} $warn ${SANITIZE:-} -I"$EPNS_SRCDIR/plugin" "$EPNS_SRCDIR/examples/hosts/c/host.c" \
  -o host -L"$libs" -Wl,-rpath,"$libs" -lepns

{ cat "$facade/cpm.bmi" && echo 'stream = 1'; } >cpm.bmi
learned=$EPNS_SRCDIR/models/trained/cellsort
sed "s|= cpm|= epns-lattice|; s|^temperature.*|source = $learned|; \$a stream = 1" "$facade/cpm.bmi" >learned.bmi
works ./bmi cpm.bmi learned.bmi
mv .out bmi.sums
works ./host cpm:100
sed -n '$s/.*, sum //p' .out >host.sums
works ./host "epns-lattice:50:$learned"
sed -n '$s/.*, sum //p' .out >>host.sums
cmp -s bmi.sums host.sums || complain 'the facade and the host in C differ'
finish
