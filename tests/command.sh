# SPDX-License-Identifier: MIT
# What the end-to-end tests of the command share; read with '.', not run.
set -u
epns=$EPNS_BUILDDIR/tools/epns
sorting=$EPNS_SRCDIR/examples/cell-sorting
toy=$EPNS_BUILDDIR/tests/.libs/plugin-toy.so
with_toy=$toy:$EPNS_PLUGIN_PATH
work=$(mktemp -d) || exit 99
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 99
broken=0

complain () {
  printf 'BROKEN: %s\n' "$1"
  sed 's/^/  out: /' "$work/.out"
  sed 's/^/  err: /' "$work/.err"
  broken=$((broken + 1))
}

# works COMMAND...: exit 0. Standard output and error are kept in .out and .err.
works () {
  "$@" >.out 2>.err || complain "exit $? of: $*"
}

# quiet COMMAND...: exit 0 and not a word.
quiet () {
  works "$@"
  [ ! -s .out ] && [ ! -s .err ] || complain "words from: $*"
}

# fails STATUS PATTERN COMMAND...: that exit status, and one line on standard error that matches;
# nothing else.
fails () {
  want=$1 pattern=$2
  shift 2
  "$@" >.out 2>.err
  got=$?
  [ "$got" = "$want" ] || complain "exit $got instead of $want of: $*"
  [ "$(wc -l <.err)" = 1 ] || complain "not one line from: $*"
  grep -q -e "$pattern" .err || complain "no '$pattern' from: $*"
  [ ! -s .out ] || complain "output of the failing: $*"
}

# says PATTERN: the last output matches.
says () {
  grep -q -e "$1" .out || complain "the output lacks '$1'"
}

# holds WHAT COMMAND...: a plain test.
holds () {
  what=$1
  shift
  "$@" || complain "$what"
}

# alone NAME...: the folder holds these and nothing else, hidden files included.
alone () {
  found=$(ls -A | grep -v -x -e .out -e .err | sort | tr '\n' ' ')
  wanted=$(for name in "$@"; do echo "$name"; done | sort | tr '\n' ' ')
  [ "$found" = "$wanted" ] || complain "the folder holds '$found' instead of '$wanted'"
}

finish () {
  [ "$broken" = 0 ]
  exit
}
