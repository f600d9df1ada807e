#!/usr/bin/env bash
# preview.sh [OPTION…]: `pulumi preview` of STACK, judged by its event log; leaves run.json, which holds no values.
# PROJECT: folder of the program, where it is not this one.
set -uo pipefail

# Without it the engine writes no event log. The log holds what the engine knows, secrets too: it ends with this script.
export PULUMI_DEBUG_COMMANDS=true
log="$RUNNER_TEMP/events.ndjson"
trap 'rm -f "$log"' EXIT
: > "$log"
code=0
pulumi preview --cwd "${PROJECT:-.}" --stack "$STACK" --non-interactive --suppress-outputs --event-log "$log" "$@" || code=$?
node cli/ground.mjs delivery judge --stack "$STACK" --event-log "$log" --exit-code "$code" --out run.json
