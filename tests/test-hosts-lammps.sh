#!/bin/sh
# SPDX-License-Identifier: MIT
# Bodies that LAMMPS holds, moved by it and by kinds: the same scheme gives the same digits, a refusal
# is said and moves nothing, a learned step runs in place of the native one.
. "$EPNS_SRCDIR/tests/command.sh"
host=$EPNS_SRCDIR/examples/hosts/lammps
libs=$EPNS_BUILDDIR/plugin/.libs
flags="$(pkg-config --cflags --libs liblammps ompi-cxx 2>/dev/null)" || {
  echo 'SKIP: no LAMMPS to build with; install liblammps-dev'
  exit 77
}
ASAN_OPTIONS=detect_leaks=0 # Open MPI keeps what it has
export ASAN_OPTIONS

# shellcheck disable=SC2086
works ${CXX:-c++} -std=c++11 ${SANITIZE:-} -I"$EPNS_SRCDIR/plugin" "$host/host.cpp" -o host -L"$libs" \
  -Wl,-rpath,"$libs" -lepns $flags

# apart A B: the largest difference of two dumps
apart () {
  paste "$1" "$2" | awk 'NF == 14 && $1 == $8 { n++; for (i = 2; i <= 7; i++) { d = $i - $(i + 7); if (d < 0) d = -d
                           if (d > most) most = d } } END { if (n != 5) most = 9; print most + 0 }'
}
below () { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a < b) }'; }

for seed in 4711 12 805; do
  sed "s/4711/$seed/" "$host/in.bodies" >in.bodies
  works ./host native in.bodies 200
  mv last.dump native.dump
  works ./host nbody in.bodies 200 noise=0 softening=1e-14 integrator-step=0.01
  mv last.dump same.dump
  works ./host nbody in.bodies 200 noise=0 softening=1e-14
  holds 'the scheme of LAMMPS' below "$(apart native.dump same.dump)" 1e-8
  holds 'a finer step' below "$(apart native.dump last.dump)" 1e-2
  holds 'a finer step differs' below 1e-9 "$(apart native.dump last.dump)"
done

# refused STEP PATTERN SCRIPT...: says why in one line, and all is where it started
refused () {
  step=$1 pattern=$2
  shift 2
  fails 1 "$pattern" ./host "$step" "$@"
  [ "$(tail -n 5 last.dump)" = "$(tail -n 5 start.dump)" ] || complain "$step moved something"
}
works ./host native in.bodies 0
mv last.dump start.dump
sed 's/timestep 0.01/timestep 0.004/' in.bodies >in.odd
refused nbody '0.004; an output of the bodies is due every 0.01' in.odd 50
refused nbody "no field 'noises'" in.bodies 50 noises=0
refused epns-graph:gone 'gone: .*give a readable file' in.bodies 50
refused cpm 'temperature\|cell-id\|type' in.bodies 50

if [ -n "${EPNS_TEST_DATA:-}" ]; then
  learned=epns-graph:$EPNS_TEST_DATA/golden/fagnn_b3.weights.safetensors
  sed 's/timestep 0.01/timestep 1/' in.bodies >in.slow
  works ./host "$learned" in.slow 60
  apart start.dump last.dump >moved
  holds '60 learned steps' below 1e-3 "$(cat moved)"
  holds 'they lead to numbers' below "$(cat moved)" 1e6
  refused "$learned" 'one step of this model is 1' in.bodies 5
fi
finish
