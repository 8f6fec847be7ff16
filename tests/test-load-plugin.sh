#!/bin/sh
# SPDX-License-Identifier: MIT
# The host in the README is the one in examples/load-plugin, compiles without GLib, and steps two cells.
set -eu
source=$EPNS_SRCDIR/examples/load-plugin/load.c
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$EPNS_SRCDIR/README.md" > "$folder/readme.c"
sed '1,2d' "$source" > "$folder/example.c" # licence and title lines
cmp "$folder/readme.c" "$folder/example.c"

${CC:-cc} -std=c99 -Wall -Wextra -Wpedantic -Werror ${SANITIZE:-} -I"$EPNS_SRCDIR/plugin" "$source" -o "$folder/load" \
  -L"$EPNS_BUILDDIR/plugin/.libs" -Wl,-rpath,"$EPNS_BUILDDIR/plugin/.libs" -lepns
"$folder/load" > "$folder/picture"
cat "$folder/picture"
[ "$(wc -l < "$folder/picture")" = 16 ]
grep -q '1.*2' "$folder/picture"
