#!/bin/sh
# SPDX-License-Identifier: MIT
# The Python host, with the system's Python and numpy.
set -eu
python=/usr/bin/python3
if ! "$python" -c 'import numpy' 2>/dev/null; then
  echo "SKIP: $python has no numpy; install python3-numpy"
  exit 77
fi
if [ -n "${SANITIZE:-}" ]; then
  echo "SKIP: a Python without the sanitizers cannot load a plugin that has them"
  exit 77
fi
exec "$python" "$EPNS_SRCDIR/tests/hosts-python.py"
