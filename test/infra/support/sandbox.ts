import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { renderUserData, type HostPaths } from "../../../infra/lib/user-data.ts";
import { filesOf, USER_DATA_ARGS } from "./user-data.ts";

/** A status as the script writes it. */
export interface ReportedStatus {
  readonly state: string;
  readonly step: string;
  readonly reason: string;
  readonly instanceId: string | null;
  readonly launchedAt: string | null;
}

/** A host below a temporary directory: the generated script, and stubs in place of aws, curl, dnf, systemctl and sleep. */
export interface Sandbox {
  readonly paths: HostPaths;
  /** Bundle as it was built; its hash is in user data. */
  readonly bundle: string;
  /** What S3 gives in its place. */
  serve(bytes: string): Promise<void>;
  /** Body of a stub; `$folder` is the sandbox. */
  stub(command: string, body: string): Promise<void>;
  /** What the status parameter holds before. */
  leaveStatus(text: string): Promise<void>;
  start(mode?: string): Promise<{ readonly code: number | null; readonly output: string }>;
  /** Calls of stubs, one a line. */
  calls(): Promise<string[]>;
  /** How often the bundle ran. */
  runs(): Promise<number>;
  status(): Promise<ReportedStatus | undefined>;
  console(): Promise<string>;
  remove(): Promise<void>;
}

export const INSTANCE_ID = "i-0aaaaaaaaaaaaaaa1";
/** When EC2 launched it, as the identity document says. */
export const LAUNCHED_AT = "2026-03-01T08:00:00Z";

/** @param after What the bundle does after it has noted that it ran. */
export async function createSandbox(after = ""): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), "boot-script-"));
  const at = (path: string): string => join(folder, path);
  const paths: HostPaths = {
    config: at("etc/host.json"),
    script: at("sbin/proving-ground-boot"),
    unit: at("etc/proving-ground-boot.service"),
    bundle: at("lib/boot.mjs"),
    run: at("run"),
    node: at("node-22"),
    console: at("console"),
    instanceId: at("instance-id"),
  };
  const bundle = `import { appendFileSync } from "node:fs";\nappendFileSync(${JSON.stringify(at("runs"))}, "x");\n${after}\n`;
  const bundleSha256 = createHash("sha256").update(bundle).digest("hex");

  const put = async (path: string, text: string, mode = 0o644): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    await chmod(path, mode);
  };
  const read = async (path: string): Promise<string> => {
    try {
      return await readFile(at(path), "utf8");
    } catch {
      return "";
    }
  };
  const stub = (command: string, body: string): Promise<void> =>
    put(
      at(`bin/${command}`),
      `#!/bin/bash\nfolder='${folder}'\necho "${command} $*" >>"$folder/calls"\n${body}\n`,
      0o755,
    );

  for (const file of Object.values(filesOf(renderUserData({ ...USER_DATA_ARGS, bundleSha256 }, paths)))) {
    await put(file.path, file.content, Number.parseInt(file.permissions, 8));
  }
  await put(paths.console, "");
  await put(paths.instanceId, `${INSTANCE_ID}\n`);
  await put(at("object"), bundle);
  await stub("dnf", `ln -s '${process.execPath}' "$folder/node-22"`);
  await stub("sleep", ":");
  await stub(
    "systemctl",
    `[[ $1 != enable ]] || '${paths.script}' run || { echo "Job for $3 failed." >&2; exit 1; }`,
  );
  await stub("aws", AWS);
  await stub("curl", CURL);

  return {
    paths,
    bundle,
    serve: (bytes) => put(at("object"), bytes),
    stub,
    leaveStatus: (text) => put(at("status"), text),
    start: async (mode = "install") => {
      const child = spawn(paths.script, [mode], { env: { PATH: `${at("bin")}:/usr/bin:/bin` } });
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
      const [code] = (await once(child, "close")) as [number | null];
      return { code, output };
    },
    calls: async () => (await read("calls")).split("\n").filter((line) => line !== ""),
    runs: async () => (await read("runs")).length,
    status: async () => {
      const text = await read("status");
      return text === "" ? undefined : (JSON.parse(text) as ReportedStatus);
    },
    console: () => read("console"),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Downloads copy the object; a parameter is a file, and an error before it is written. */
export const AWS = `case "$1 $2" in
"s3 cp") cp "$folder/object" "\${@: -1}" ;;
"ssm get-parameter") cat "$folder/status" ;;
"ssm put-parameter") printf '%s' "\${@: -1}" >"$folder/status" ;;
*) echo "unknown: $*" >&2; exit 2 ;;
esac`;

/** The metadata service with IMDSv2 only: the document is for those who bring the token. */
export const CURL = `case "$*" in
*"-X PUT"*/latest/api/token) printf token-1 ;;
*"X-aws-ec2-metadata-token: token-1"*/latest/dynamic/instance-identity/document)
  printf '{\\n  "instanceId" : "${INSTANCE_ID}",\\n  "pendingTime" : "${LAUNCHED_AT}",\\n  "privateIp" : "10.20.1.17"\\n}\\n' ;;
*) exit 22 ;;
esac`;
