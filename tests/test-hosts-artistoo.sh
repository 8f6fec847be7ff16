#!/bin/sh
# SPDX-License-Identifier: MIT
# Artistoo as a host, where node finds koffi and EPNS_ARTISTOO names its build/artistoo-cjs.js.
set -eu
if [ ! -f "${EPNS_ARTISTOO:-}" ] || ! node -e 'require("koffi")' 2>/dev/null; then
  echo 'SKIP: no Artistoo; name its build/artistoo-cjs.js in EPNS_ARTISTOO, and where koffi is in NODE_PATH'
  exit 77
fi
if [ -n "${SANITIZE:-}" ]; then
  echo 'SKIP: a node without the sanitizers cannot load a plugin that has them'
  exit 77
fi
exec node "$EPNS_SRCDIR/tests/hosts-artistoo.js"
