#!/usr/bin/env bash
# pending.sh: stops where the state of STACK has operations that an earlier deployment began and never ended.
set -euo pipefail

state="$RUNNER_TEMP/state.json"
trap 'rm -f "$state"' EXIT
pulumi stack export --stack "$STACK" --file "$state"
node cli/ground.mjs delivery pending --stack "$STACK" --state "$state"
