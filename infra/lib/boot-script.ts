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
 * refuses double braces.
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

report() {
  local words instance
  words=$reason
  [[ -n $words ]] || words=$(tail -c 800 "$log" 2>/dev/null || true)
  words=$(printf 'exit %s: %s' "$1" "$words" | clean)
  instance=$(clean 2>/dev/null <"$instance_id_file" | tr -d ' ' || true)
  printf 'proving-ground: %s failed at %s: %s\\n' "$slot" "$step" "$words" >"$console" || true
  aws ssm put-parameter --name "$status_parameter" --type String --overwrite --value "$(
    printf '{"state":"failed","step":"%s","reason":"%s","instanceId":"%s","launchedAt":null,"incarnation":null,"data":null,"at":"%s"}' \\
      "$step" "$words" "$instance" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
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
