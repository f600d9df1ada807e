import type { HostPaths, UserDataArgs } from "./user-data.ts";

/** Exit code by which the boot program says that its failure stands in the status parameter already. */
export const BOOT_REPORTED_EXIT = 10;

/** Unit name, as `systemctl status` knows it. */
export const BOOT_UNIT = "proving-ground-boot.service";

/** One word of a POSIX shell. Single quotes: inside them the shell reads nothing but the next single quote. */
export function shellQuote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/**
 * The script between a bare Amazon Linux 2023 and the boot program. It runs at every boot; what is
 * done already is not done again. `install` enables the unit, `run` is what the unit runs.
 *
 * Whatever fails, the failing step and the last words of its command reach the serial console and the
 * status parameter: nobody has to log in to a host that may be gone in a minute. Braces, quotes and
 * backslashes are taken out of those words, because the parameter holds JSON and Parameter Store
 * refuses double braces. The boot program's words are left out: only the program itself can tell a
 * secret among them, and the journal and the serial console have them.
 *
 * The status of another host is replaced by the rule of the boot program: the later launch owns the
 * slot. A status without a launch is of a host launched before it was written; a host that cannot learn
 * its own launch leaves the status of any other alone. JSON is read with sed, since no tool for it is
 * sure to be there: a quote within a JSON text is always escaped, so that no text passes for a field.
 */
export function renderBootScript(args: UserDataArgs, paths: HostPaths): string {
  return `#!/bin/bash
set -euo pipefail
umask 022

slot=${shellQuote(args.slot)}
bucket=${shellQuote(args.bucket)}
bundle_key=${shellQuote(args.bundleKey)}
bundle_sha256=${shellQuote(args.bundleSha256)}
status_parameter=${shellQuote(args.statusParameter)}
config=${shellQuote(paths.config)}
bundle=${shellQuote(paths.bundle)}
node=${shellQuote(paths.node)}
run_directory=${shellQuote(paths.run)}
console=${shellQuote(paths.console)}
instance_id_file=${shellQuote(paths.instanceId)}

export AWS_REGION=${shellQuote(args.region)} AWS_DEFAULT_REGION=${shellQuote(args.region)}
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=5 AWS_PAGER='' AWS_EC2_METADATA_V1_DISABLED=true

# The unit runs while "install" still waits for it: each has a log of its own.
log=$run_directory/\${1-start}.log
reported=$run_directory/reported
step=start
reason=

clean() { tr -c '[:print:]' ' ' | tr -d '"\\\\{}'; }

# Text of one field of a JSON object.
field() { sed -n "s/.*\\"$1\\"[[:space:]]*:[[:space:]]*\\"\\([^\\"]*\\)\\".*/\\1/p" | head -n 1; }

identity_document() {
  local base=http://169.254.169.254/latest token
  token=$(curl -sf -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$base/api/token") &&
    curl -sf -m 2 -H "X-aws-ec2-metadata-token: $token" "$base/dynamic/instance-identity/document"
}

superseded() {
  local LC_ALL=C standing owner since
  standing=$(aws ssm get-parameter --name "$status_parameter" --query Parameter.Value --output text 2>/dev/null || true)
  owner=$(field instanceId <<<"$standing")
  [[ -n $owner && $owner != "$instance" ]] || return 1
  [[ -n $launched ]] || return 0
  since=$(field launchedAt <<<"$standing")
  [[ -n $since ]] || { since=$(field at <<<"$standing") owner=unknown; }
  [[ \${since:0:19} > \${launched:0:19} || (\${since:0:19} == "\${launched:0:19}" && $owner > $instance) ]]
}

json_text() { if [[ -n $1 ]]; then printf '"%s"' "$1"; else printf null; fi; }

report() {
  local words document instance launched
  words=$reason
  [[ -n $words ]] || words=$(tail -c 800 "$log" 2>/dev/null || true)
  words=$(printf 'exit %s: %s' "$1" "$words" | clean)
  printf 'proving-ground: %s failed at %s: %s\\n' "$slot" "$step" "$words" >"$console" || true
  document=$(identity_document || true)
  instance=$(clean 2>/dev/null <"$instance_id_file" | tr -d ' ' || true)
  [[ -n $instance ]] || instance=$(field instanceId <<<"$document" | clean | tr -d ' ')
  launched=$(field pendingTime <<<"$document")
  [[ $launched =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z$ ]] || launched=
  if superseded; then
    printf 'proving-ground: the status of %s is of another host, and stays\\n' "$slot" >>"$console" || true
    : >"$reported" || true
    return 0
  fi
  aws ssm put-parameter --name "$status_parameter" --type String --overwrite --value "$(
    printf '{"state":"failed","step":"%s","reason":"%s","instanceId":%s,"launchedAt":%s,"incarnation":null,"data":null,"at":"%s"}' \\
      "$step" "$words" "$(json_text "$instance")" "$(json_text "$launched")" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  )" >/dev/null || true
  : >"$reported" || true
}

finish() {
  local code=$?
  trap - EXIT
  if ((code != 0)) && [[ ! -e $reported ]]; then report "$code"; fi
  exit "$code"
}
trap finish EXIT
trap 'reason="ended by systemd: out of time or stopped"; exit 143' TERM

# Package mirrors, and the role of a host that is seconds old, may need a moment.
attempt() {
  local try
  for try in 1 2 3 4 5; do
    if "$@" >"$log" 2>&1; then return 0; fi
    cat "$log" >&2
    ((try == 5)) || sleep "$((try * 5))"
  done
  return 1
}

intact() { [[ -f $1 && $(sha256sum "$1" | cut -d ' ' -f 1) == "$bundle_sha256" ]]; }

install() {
  step=enable-service
  systemctl daemon-reload >"$log" 2>&1
  systemctl enable --now ${BOOT_UNIT} >"$log" 2>&1
}

run() {
  rm -f "$reported"
  : >"$log"
  step=install-node
  [[ -x $node ]] || attempt dnf install -y nodejs22

  step=fetch-bundle
  if ! intact "$bundle"; then
    mkdir -p "\${bundle%/*}"
    attempt aws s3 cp --only-show-errors "s3://$bucket/$bundle_key" "$bundle.new"
    step=verify-bundle
    if ! intact "$bundle.new"; then
      reason="SHA-256 of s3://$bucket/$bundle_key is $(sha256sum "$bundle.new" | cut -d ' ' -f 1), not $bundle_sha256: refused before it ran"
      rm -f "$bundle.new"
      exit 1
    fi
    mv "$bundle.new" "$bundle"
  fi

  step=boot
  reason="see journalctl -u ${BOOT_UNIT} on the host"
  local code=0
  "$node" "$bundle" --config "$config" 2>&1 | tee "$log" || code=$?
  ((code != ${String(BOOT_REPORTED_EXIT)})) || : >"$reported"
  exit "$code"
}

mkdir -p "$run_directory"
case \${1-} in
install) install ;;
run) run ;;
*)
  reason="called with '\${1-}' instead of install or run"
  exit 64
  ;;
esac
`;
}
