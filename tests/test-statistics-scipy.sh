#!/bin/sh
# SPDX-License-Identifier: MIT
# The reference values of the statistics, computed again where SciPy is, and held against the C code and the stored
# ones.
set -u
python=
for candidate in "${PYTHON:-}" /usr/bin/python3 python3; do
  if [ -n "$candidate" ] && "$candidate" -c 'import scipy.stats' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo 'SKIP: there is no SciPy; apt-get install python3-scipy'
  exit 77
fi
fresh=$(mktemp) || exit 99
trap 'rm -f "$fresh"' EXIT
"$python" "$EPNS_SRCDIR/tests/golden/statistics.py" >"$fresh" || exit 1
EPNS_STATISTICS=$fresh "$EPNS_BUILDDIR/tests/test-statistics-reference" || exit 1
EPNS_STATISTICS=$EPNS_SRCDIR/tests/golden/statistics.json "$EPNS_BUILDDIR/tests/test-statistics-reference"
