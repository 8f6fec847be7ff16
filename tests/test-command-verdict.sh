#!/bin/sh
# SPDX-License-Identifier: MIT
# What epns compare says of models that are right, and of models that are wrong on purpose: native against native is
# equal; a frozen one, one with its types swapped, another temperature and an untrained network are not, and an
# observable that shows it is named.
. "$EPNS_SRCDIR/tests/command.sh"
scenario=$EPNS_SRCDIR/tests/verdict/sorting.epns.xml

# judge MODEL WORD [OBSERVABLE...]: the verdict, and that one of these is named as showing it.
judge () {
  model=$1 word=$2
  shift 2
  works "$epns" compare "$scenario" --learned "$model" --json -q -o "$model"
  says "\"verdict\" : \"$word\""
  holds "the report of $model is there" test -s "$model/report.html"
  shown=$(sed -n '/"shown_by" : \[/,/\]/p' "$model/report.json" | tr -d '\n')
  [ "$#" = 0 ] && return
  for name; do
    case $shown in *"\"$name\""*) return ;; esac
  done
  complain "of $model $shown are named, none of: $*"
}

judge again equal
judge frozen different displacement path-length squared-displacement
judge swapped different cell-boundary medium-boundary clusters-of-type:Condensing clusters-of-type:NonCondensing \
  radial-order:Condensing radial-order:NonCondensing
judge hot different path-length displacement fragments
judge untrained different volume volume-spread fragments clusters clusters-of-type:Condensing lost-cells

# a trained model's likelihood of native steps
holds 'the report says how likely native steps are' grep -q '"nats_a_cell_and_step" : [0-9.]*[1-9]' untrained/report.json
holds 'with its standard error' grep -q 'nats per cell and step (mean and standard error over 8 members, 6 steps' untrained/report.html
holds 'a native model has none' test -z "$(grep likelihood hot/report.json)"

# what the guard finds is counted in the report, by reason and member
works "$epns" compare "$scenario" --learned untrained --guard warn --members 2 --until 100 --json -q -o watched
holds 'the report counts what the guard finds' grep -q '"mode" : "warn"' watched/report.json
holds 'members are counted one by one' grep -q 'in 2 of 2 members, and 0 steps' watched/report.html
holds 'the loops are named' grep -q '"kernel" : "' watched/report.json
fails 1 'cpm is no learned model' "$epns" compare "$scenario" --learned hot --guard warn --members 2 --until 50 -q -o no
works "$epns" compare "$scenario" --learned untrained --guard native --guard-pause 1000 --members 2 --until 100 \
  --set temperature=40 -q -o followed
holds 'what is set holds where the guard steps natively, too' \
  awk -F, '$1 == "ks" && $3 > 0 { n++; different += $4 > 0 } END { exit !(n > 0 && different == 0) }' followed/courses.csv

# too few members to tell anything
works "$epns" compare "$scenario" --learned again --members 3 --until 100 --json -q -o few
says '"verdict" : "undecided"'
finish
