#!/usr/bin/env bash
# plan-verdict.sh PLANS: ends with 0 where every stack has a plan that no mandatory policy refuses.
set -euo pipefail

plans="$1"
code="$(cat "$plans/exit-code")"
if [[ "$code" != 0 ]]; then
  echo "::error title=No plan::A stack cannot be planned; the summary says why. Try it with: npm run plan -- --stack NAME"
  exit "$code"
fi
for plan in "$plans"/*.json; do
  refused="$(node -e '
    const { stack, policies } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    if (policies.some(({ level }) => level === "mandatory")) console.log(stack);
  ' "$plan")"
  if [[ -n "$refused" ]]; then
    echo "::error title=Refused by a policy::The plan of $refused breaks a mandatory policy; the summary says which, docs/policies.md what to do"
    code=5
  fi
done
exit "$code"
