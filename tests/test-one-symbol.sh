#!/bin/sh
# SPDX-License-Identifier: MIT
# The plugin exports one symbol, constant data, and nothing else.
set -eu
symbols=$(nm -D --defined-only "$EPNS_BUILDDIR/plugin/.libs/epns.so" | awk '{ print $2, $3 }')
case $symbols in
  "R epns_step_v1" | "D epns_step_v1") ;; # D: constant, but relocated once when loaded
  *) printf 'exported are:\n%s\n' "$symbols"; exit 1 ;;
esac
