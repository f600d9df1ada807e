#!/usr/bin/env bash
# plan-all.sh PROJECT OUT: the offline plan of every stack file of PROJECT as OUT/STACK.json; where there is none,
# OUT/STACK.problem says why. OUT/exit-code is the last such reason, 0 without one; a policy's no is none, since the plan
# shows it and plan-verdict.sh ends with it.
set -euo pipefail

project="$1"
mkdir -p "$2"
out="$(cd "$2" && pwd)"
worst=0
for file in "$project"/Pulumi.*.yaml; do
  stack="$(basename "$file" .yaml)"
  stack="${stack#Pulumi.}"
  code=0
  (cd "$project" && node cli/ground.mjs plan --stack "$stack" --json) \
    > "$out/$stack.json" 2> "$out/$stack.problem" || code=$?
  case "$code" in
    # 5: a policy said no. The plan is there, and shows it.
    0 | 5) rm "$out/$stack.problem" ;;
    *)
      rm "$out/$stack.json"
      cat "$out/$stack.problem" >&2
      worst="$code"
      ;;
  esac
done
# Problems are shown in the comment before plan-verdict.sh ends the job.
echo "$worst" > "$out/exit-code"
