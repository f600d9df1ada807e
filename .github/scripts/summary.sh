#!/usr/bin/env bash
# summary.sh: what the run in run.json does to STACK, with its price, in the step summary.
set -euo pipefail

mkdir -p plans/head
plan="plans/head/$STACK.json"
code=0
node cli/ground.mjs plan --stack "$STACK" --json > "$plan" || code=$?
# 5: a policy said no. The plan is there, and shows it.
case "$code" in
  0 | 5) ;;
  *) rm "$plan" ;;
esac
.github/scripts/comment.sh >> "$GITHUB_STEP_SUMMARY"
