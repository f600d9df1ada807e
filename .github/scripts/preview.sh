#!/usr/bin/env bash
# preview.sh [OPTION…]: `pulumi preview` of STACK, judged by its event log; leaves run.json, which holds no values.
set -uo pipefail

# Without it the engine writes no event log.
export PULUMI_DEBUG_COMMANDS=true
log="$RUNNER_TEMP/events.ndjson"
: > "$log"
code=0
pulumi preview --stack "$STACK" --non-interactive --suppress-outputs --event-log "$log" "$@" || code=$?
node cli/ground.mjs delivery judge --stack "$STACK" --event-log "$log" --exit-code "$code" --out run.json
