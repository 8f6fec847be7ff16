#!/bin/sh
# SPDX-License-Identifier: MIT
# The report in a real browser: it loads from disk without an error and without the network, its figures decode, it
# fits a phone, follows a dark theme, and prints. EPNS_KEEP=FOLDER keeps the screenshots.
. "$EPNS_SRCDIR/tests/command.sh"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -z "$browser" ]; then
  echo 'SKIP: there is no Chromium; apt-get install chromium'
  exit 77
fi
echo 'toy 50' >learned
EPNS_PLUGIN_PATH=$with_toy
export EPNS_PLUGIN_PATH
works "$epns" compare "$sorting/sorting.xml" --learned ./learned --members 3 --until 150 --every 50 -q -o one
page=$work/one/report.html

browse () {
  timeout 240 "$browser" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking \
    --user-data-dir="$work/profile" "$@" 2>.err >.out
}
picture () {
  browse --screenshot="$work/$1.png" "--window-size=$2" "$3" "file://$page" ||
    complain "the browser fails at $1"
  holds "$1 is a picture" test "$(head -c 4 "$work/$1.png" | tail -c 3)" = PNG
  [ -z "${EPNS_KEEP:-}" ] || cp "$work/$1.png" "$EPNS_KEEP/"
}

holds 'nothing is fetched' test -z "$(grep -o -i -E '(src|href)="(https?:)?//[^"]*|@import|<script' "$page")"

# a copy that says what the browser made of it
{
  cat "$page"
  echo '<script>addEventListener("load", function () {
    var broken = 0, images = document.images;
    for (var i = 0; i < images.length; i++) if (!images[i].naturalWidth) broken++;
    document.title = "images " + images.length + " broken " + broken + " beyond " +
      Math.max(0, document.documentElement.scrollWidth - innerWidth) + " tables " + document.querySelectorAll("table").length +
      " dark " + matchMedia("(prefers-color-scheme: dark)").matches;
  });</script>'
} >probe.html
browse --window-size=500,900 --virtual-time-budget=5000 --dump-dom "file://$work/probe.html" || complain 'the browser fails'
says '<title>images 6 broken 0 beyond 0 tables 3 dark false</title>'
browse --window-size=1200,900 --blink-settings=preferredColorScheme=0 --virtual-time-budget=5000 --dump-dom "file://$work/probe.html" ||
  complain 'the browser fails in the dark'
says '<title>images 6 broken 0 beyond 0 tables 3 dark true</title>'

picture wide 1200,1600 --blink-settings=preferredColorScheme=1
picture dark 1200,1600 --blink-settings=preferredColorScheme=0
picture phone 500,1600 --blink-settings=preferredColorScheme=1
holds 'dark and light differ' test "$(cksum <"$work/wide.png")" != "$(cksum <"$work/dark.png")"
browse --no-pdf-header-footer --print-to-pdf="$work/print.pdf" "file://$page" || complain 'the browser does not print'
holds 'the print is a PDF' test "$(head -c 4 "$work/print.pdf")" = %PDF
finish
