#!/usr/bin/env bash
# pending.sh: stops where the state of STACK has operations that an earlier deployment began and never ended.
set -euo pipefail

pulumi stack export --stack "$STACK" --file "$RUNNER_TEMP/state.json"
node cli/ground.mjs delivery pending --stack "$STACK" --state "$RUNNER_TEMP/state.json"
rm "$RUNNER_TEMP/state.json"
