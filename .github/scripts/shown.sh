#!/usr/bin/env bash
# shown.sh COMMAND…: runs it and shows what it says in the step summary too, letter by letter. Ends as the command does.
set -uo pipefail

text="$RUNNER_TEMP/shown.txt"
trap 'rm -f "$text"' EXIT
code=0
"$@" 2>&1 | tee "$text" || code=$?
# A fence that no table or tree of the command's holds.
{
  echo '~~~~~~~~text'
  cat "$text"
  echo '~~~~~~~~'
} >> "$GITHUB_STEP_SUMMARY"
exit "$code"
