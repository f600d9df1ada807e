#!/usr/bin/env bash
# bucket.sh: name of STACK's artifact bucket, from its outputs; nothing where the stack has none. The role need not list
# the account's buckets for it.
set -euo pipefail

pulumi stack output --json --stack "$STACK" |
  node -p 'JSON.parse(require("node:fs").readFileSync(0, "utf8")).artifactBucket ?? ""'
