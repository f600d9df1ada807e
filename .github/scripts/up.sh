#!/usr/bin/env bash
# up.sh PLAN: applies the saved plan to STACK; leaves run.json, which holds no values. With the preview of its own,
# which is what compares the plan before anything is made, and with the policy pack, whose remediations the plan does
# not carry.
set -uo pipefail

# Without it the engine writes no event log. The log holds what the engine knows, secrets too: it ends with this script.
export PULUMI_DEBUG_COMMANDS=true
log="$RUNNER_TEMP/events.ndjson"
trap 'rm -f "$log"' EXIT
: > "$log"
code=0
pulumi up --stack "$STACK" --yes --non-interactive --suppress-outputs \
  --plan "$1" --policy-pack policies --event-log "$log" || code=$?
node cli/ground.mjs delivery judge --operation up --stack "$STACK" --event-log "$log" --exit-code "$code" --out run.json
