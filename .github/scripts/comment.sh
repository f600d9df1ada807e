#!/usr/bin/env bash
# comment.sh [OPTION…]: `ground comment` of all that lies in plans/. COMMIT and RUN_URL come from the workflow.
set -euo pipefail
shopt -s nullglob

words=(--commit "$COMMIT" --run-url "$RUN_URL")
for plan in plans/head/*.json; do words+=(--head "$plan"); done
for plan in plans/base/*.json; do words+=(--base "$plan"); done
for problem in plans/head/*.problem; do words+=(--problem "$(basename "$problem" .problem)=$problem"); done
for run in plans/run.json run.json; do
  if [[ -f "$run" ]]; then words+=(--run "$run"); fi
done
node cli/ground.mjs comment "${words[@]}" "$@"
