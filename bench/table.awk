# SPDX-License-Identifier: MIT
# awk -f table.awk bars LINES...: of each measurement the best, and the ratios that bars asks for,
# in seconds and parts of 1.
function trim(s) { gsub(/^ +| +$/, "", s); return s }
function side(s) { return substr(s, 1, 1) == "=" ? substr(s, 2) + 0 : s in best ? best[s] * scale[of[s]] : "" }

BEGIN { scale["ms"] = 1e-3; scale["us"] = 1e-6; scale["%"] = 0.01; scale["s"] = scale["MiB"] = scale["1/s"] = scale["GFLOP/s"] = 1 }

FNR == 1 { file++ }
file == 1 && /^[^#]/ { bar[++bars] = $0 }
file > 1 {
  split($0, quoted, "\"")
  match($0, /"threads": [0-9]+/); threads = substr($0, RSTART + 11, RLENGTH - 11)
  match($0, /"value": [-+.e0-9]+/); value = substr($0, RSTART + 9, RLENGTH - 9) + 0
  what = quoted[4] "/" quoted[8] "/" threads
  unit = quoted[14]
  small = unit ~ /^(s|ms|us|MiB)$/
  if (!(what in best)) { key[++keys] = what; of[what] = unit; best[what] = value }
  else if (small ? value < best[what] : value > best[what]) best[what] = value
}
END {
  printf "%-62s %10s %9s %6s\n", "ratio", "measured", "at least", "aim"
  for (i = 1; i <= bars; i++) {
    split(bar[i], part, "|")
    first = side(trim(part[2])); second = side(trim(part[3]))
    if (first == "" || second == "" || second == 0) { printf "%-62s %10s\n", trim(part[1]), "not run"; continue }
    ratio = first / second
    verdict = ratio >= part[5] + 0 ? "aim met" : ratio >= part[4] + 0 ? "met" : "missed"
    printf "%-62s %10.3g %9s %6s  %s\n", trim(part[1]), ratio, trim(part[4]), trim(part[5]), verdict
  }
  printf "\n%-62s %7s %12s\n", "best of all rounds", "threads", "measured"
  for (i = 1; i <= keys; i++) {
    split(key[i], part, "/")
    printf "%-62s %7s %12.4g %s\n", part[1] ": " part[2], part[3], best[key[i]], of[key[i]]
  }
}
