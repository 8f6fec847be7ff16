#!/bin/sh
# SPDX-License-Identifier: MIT
# CompuCell3D as a host, where EPNS_COMPUCELL3D names the folder that has its Python package cc3d,
# and, for the steppable in C++, EPNS_COMPUCELL3D_HEADERS its CompuCell3D/core.
set -eu
python=/usr/bin/python3
if [ ! -d "${EPNS_COMPUCELL3D:-}/cc3d" ]; then
  echo 'SKIP: no CompuCell3D; name the folder that has its Python package cc3d in EPNS_COMPUCELL3D'
  exit 77
fi
if [ -n "${SANITIZE:-}" ]; then
  echo 'SKIP: a CompuCell3D without the sanitizers cannot load a plugin that has them'
  exit 77
fi
exec "$python" "$EPNS_SRCDIR/tests/hosts-compucell3d.py"
