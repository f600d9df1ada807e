#!/usr/bin/env bash
# Fails unless a commit is part of main. The state names the commit that was deployed, and whoever may write the state
# could name any: its program would run with the role that reads the stack. Usage: merged.sh COMMIT
set -euo pipefail

commit="${1:?Usage: merged.sh COMMIT}"
if [[ ! "$commit" =~ ^[0-9a-f]{40}$ ]] || ! git merge-base --is-ancestor "$commit" refs/remotes/origin/main; then
  echo "::error title=Not looked at::The state says that ${commit//[^[:alnum:]._-]/?} was deployed, which is no commit of main. Find out who deployed it; a deployment from main puts it right"
  exit 1
fi
