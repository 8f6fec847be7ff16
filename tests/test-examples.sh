#!/bin/sh
# SPDX-License-Identifier: MIT
# Every command that an example shows is run, and every line it shows as an answer must be among the answers.
. "$EPNS_SRCDIR/tests/command.sh"
PATH=$EPNS_BUILDDIR/tools:$PATH

for readme in "$EPNS_SRCDIR"/README.md "$EPNS_SRCDIR"/examples/*/README.md; do
  grep -q '^```console' "$readme" || continue
  case $readme in # each is read where it lies; the first page among the folders it names
    "$EPNS_SRCDIR"/README.md) mkdir example && cp -R "$EPNS_SRCDIR/examples" example/ ;;
    *) cp -R "$(dirname "$readme")" example ;;
  esac
  chmod -R u+w example
  # one file a command: example.N.sh, and example.N.txt with what it shows
  awk '/^```console/ { on = 1; next } /^```/ { on = 0 }
       on && /^\$ / { n++; print substr($0, 3) > ("example." n ".sh"); printf "" > ("example." n ".txt"); next }
       on && $0 != "..." { print > ("example." n ".txt") }' "$readme"
  n=1
  while [ -f "example.$n.sh" ]; do
    (cd example && sh "../example.$n.sh" >../.out 2>../.err) || complain "exit $? of: $(cat "example.$n.sh")"
    while IFS= read -r line; do
      grep -q -F -x -e "$line" .out .err || complain "$(cat "example.$n.sh") does not print: $line"
    done <"example.$n.txt"
    rm "example.$n.sh" "example.$n.txt"
    n=$((n + 1))
  done
  holds "$readme shows commands" test $n -gt 1
  rm -rf example
done

# The manual's examples.
cp -R "$sorting" example && chmod -R u+w example
sed -n '/^\.Sh EXAMPLES/,$p' "$EPNS_SRCDIR/doc/epns.1" | grep '^epns ' >manual
holds 'the manual shows commands' test -s manual
while IFS= read -r line; do
  (cd example && sh -c "$line" >../.out 2>../.err </dev/null) || complain "exit $? of: $line"
done <manual
finish
