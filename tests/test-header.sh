#!/bin/sh
# SPDX-License-Identifier: MIT
# The public headers compile alone, in every language they promise, without a warning; the step interface stays short.
set -eu
cc=${CC:-cc} cxx=${CXX:-c++}
warn="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
for header in epns_step epns_loader epns_train epns_verify; do
  file=$EPNS_SRCDIR/plugin/$header.h
  for std in c99 c11; do $cc -std=$std $warn -fsyntax-only -x c "$file"; done
  for std in c++11 c++17; do $cxx -std=$std $warn -fsyntax-only -x c++ "$file"; done
done
lines=$(wc -l < "$EPNS_SRCDIR/plugin/epns_step.h")
if [ "$lines" -ge 150 ]; then
  echo "epns_step.h has $lines lines; the promise is under 150"
  exit 1
fi
if grep '#include' "$EPNS_SRCDIR/plugin/epns_step.h" | grep -v -e '<stddef.h>' -e '<stdint.h>'; then
  echo "epns_step.h may include stddef.h and stdint.h alone"
  exit 1
fi
