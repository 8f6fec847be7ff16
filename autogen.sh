#!/bin/sh
# SPDX-License-Identifier: MIT
# Everything from a fresh clone:
#   ./autogen.sh            regenerate the build system only
#   ./autogen.sh TARGET...  also install what is missing, configure and build in build/, then make the targets:
#                           demo, check, bench, doc, install, distcheck, check-asan, check-valgrind, ...
set -eu
cd "$(dirname "$0")"

packages="gcc g++ make autoconf automake libtool pkg-config libglib2.0-dev libxml2-dev libxml2-utils libjson-glib-dev
  libhdf5-dev libmatio-dev libmuparser-dev libcairo2-dev libqhull-dev librandom123-dev check"
for target; do
  case $target in
    check-valgrind) packages="$packages valgrind" ;;
    doc) packages="$packages doxygen groff" ;;
  esac
done

missing_packages() {
  for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || printf ' %s' "$package"
  done
}

install_packages() {
  if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "autogen.sh: this is no Debian system; if configure misses something, install what it names" >&2
    return
  fi
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  as_root=
  if [ "$(id -u)" != 0 ]; then
    if sudo -n true 2>/dev/null; then
      as_root="sudo -n"
    else
      echo "autogen.sh: missing packages; install them and run this again: sudo apt-get install$missing" >&2
      exit 1
    fi
  fi
  echo "autogen.sh: installing$missing"
  export DEBIAN_FRONTEND=noninteractive
  # the lists may be old or absent: refresh them only when the first try fails
  # shellcheck disable=SC2086
  $as_root apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1 ||
    { $as_root apt-get update -q >/dev/null && $as_root apt-get install -y -q --no-install-recommends $missing >/dev/null; } ||
    { echo "autogen.sh: apt could not install them; run: apt-get update && apt-get install$missing" >&2; exit 1; }
}

regenerate() {
  mkdir -p m4
  autoreconf --install --force >autogen.log 2>&1 || { cat autogen.log >&2; exit 1; }
}

# The runner's closing line, over all test programs, whatever they are written in.
count_tests() {
  find build -name '*.trs' -path '*tests/*' -newer "$1" -exec cat {} + | awk '
    /^:test-result: PASS/ { passed++ } /^:test-result: SKIP/ { skipped++ } /^:test-result: (FAIL|ERROR|XPASS)/ { failed++ }
    END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }'
}

if [ $# = 0 ]; then
  regenerate
  echo "Now: mkdir -p build && cd build && ../configure && make    (or in one: ./autogen.sh demo)"
  exit 0
fi

install_packages
[ -e configure ] && [ configure -nt configure.ac ] || regenerate
mkdir -p build
[ -e build/Makefile ] || (cd build && ../configure --quiet ${EPNS_CONFIGURE:-})
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
make --no-print-directory -C build -j"$jobs" V=0
for target; do
  case $target in
    check)
      stamp=$(mktemp)
      status=0
      make --no-print-directory -C build -j"$jobs" check || status=$?
      [ "$status" = 0 ] || cat build/test-suite.log
      count_tests "$stamp"
      rm -f "$stamp"
      [ "$status" = 0 ] || exit "$status"
      ;;
    *) make --no-print-directory -C build "$target" ;;
  esac
done
