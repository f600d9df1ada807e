import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BOOT_REPORTED_EXIT } from "../../../runtime/host/exit.ts";
import { parseStatus } from "../../../runtime/host/report.ts";
import { buildHostBundle } from "../support/host-bundle.ts";
import { HOST_CONFIG } from "../support/host-config.ts";
import { standInAws, type StandInAws } from "../support/stand-in-aws.ts";
import { INSTANCE_STORE } from "../support/stand-in-host.ts";
import { IDENTITY_DOCUMENT, standInImds, type StandInImds } from "../support/stand-in-imds.ts";

const PARAMETER = HOST_CONFIG.statusParameter;

/** The bundle as a process of its own: real HTTP to stand-ins on loopback, real files below a directory, stub disk tools. */
describe("boot bundle under Node", function () {
  this.timeout(60_000);
  let folder: string;
  let bundle: string;
  let imds: StandInImds;
  let aws: StandInAws;
  let root: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "boot-bundle-"));
    bundle = await buildHostBundle(folder);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    imds = await standInImds();
    aws = await standInAws();
    root = await mkdtemp(join(folder, "root-"));
    await put("sys/block/nvme1n1/device/model", `${INSTANCE_STORE}\n`);
    await put("proc/self/mounts", "/dev/nvme0n1p1 / xfs rw 0 0\n");
    await put("host.json", JSON.stringify(HOST_CONFIG));
    for (const [name, body] of [
      ["blkid", "exit 2"],
      ["mkfs.xfs", ":"],
      ["mount", ":"],
    ] as const) {
      await command(name, body);
    }
  });

  afterEach(async () => {
    await imds.close();
    await aws.close();
  });

  async function put(path: string, text: string): Promise<string> {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }

  async function command(name: string, body: string): Promise<void> {
    const file = await put(`bin/${name}`, `#!/bin/sh\necho "${name} $*" >>'${root}/commands'\n${body}\n`);
    await chmod(file, 0o755);
  }

  async function start(...extra: string[]): Promise<{ code: number | null; output: string }> {
    const args = [
      bundle,
      "--config",
      join(root, "host.json"),
      "--root",
      root,
      "--metadata",
      imds.url,
      ...extra,
    ];
    const child = spawn(process.execPath, args, {
      env: {
        PATH: `${root}/bin`,
        HOME: root,
        AWS_ENDPOINT_URL: aws.url,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      },
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
  }

  it("boots: token, status, disk, incarnation, record, status", async () => {
    const { code, output } = await start();
    assert.equal(code, 0, output);
    assert.deepEqual(
      aws.written.map((text) => parseStatus(text)?.state),
      ["booting", "ready"],
    );
    const commands = await readFile(join(root, "commands"), "utf8");
    assert.match(commands, /^blkid --probe .*\nmkfs\.xfs -L pg-data \/dev\/nvme1n1\nmount -t xfs /);

    const file = join(root, "var/lib/proving-ground/data/incarnation.json");
    const incarnation = JSON.parse(await readFile(file, "utf8")) as {
      incarnation: string;
      instanceId: string;
    };
    assert.equal(incarnation.instanceId, IDENTITY_DOCUMENT.instanceId);
    assert.equal(parseStatus(aws.written[1])?.incarnation, incarnation.incarnation);

    const [change] = aws.recordChanges;
    assert.ok(change !== undefined && aws.recordChanges.length === 1);
    assert.equal(
      change.path.split("?")[0]?.replace(/\/$/, ""),
      `/2013-04-01/hostedzone/${HOST_CONFIG.zoneId}/rrset`,
    );
    for (const part of [
      "<Action>UPSERT</Action>",
      "<Name>storage-1.dev.internal</Name>",
      "<Type>A</Type>",
      "<TTL>10</TTL>",
      `<Value>${IDENTITY_DOCUMENT.privateIp}</Value>`,
    ]) {
      assert.ok(change.body.includes(part), part);
    }
    assert.ok(imds.requests.every((line) => !line.includes("without token")));
  });

  it("FM-25 keeps its incarnation when it runs again over the same data", async () => {
    await start();
    await start();
    const incarnations = aws.written
      .map((text) => parseStatus(text))
      .filter((status) => status?.state === "ready");
    assert.equal(incarnations.length, 2);
    assert.equal(incarnations[0]?.incarnation, incarnations[1]?.incarnation);
  });

  it("FM-26 reports a disk tool that fails, with its words, and exits with the code for that", async () => {
    await command("mkfs.xfs", "echo 'Input/output error' >&2; exit 1");
    const { code } = await start();
    assert.equal(code, BOOT_REPORTED_EXIT);
    const status = parseStatus(aws.parameters.get(PARAMETER));
    assert.deepEqual([status?.state, status?.step], ["failed", "data-disk"]);
    assert.match(status?.reason ?? "", /ended with 1: Input\/output error/);
    assert.equal(aws.recordChanges.length, 0);
  });

  it("FM-26 reports a disk tool that is missing", async () => {
    await rm(join(root, "bin/mount"));
    assert.equal((await start()).code, BOOT_REPORTED_EXIT);
    assert.match(
      parseStatus(aws.parameters.get(PARAMETER))?.reason ?? "",
      /^mount .* ended with 127: .*ENOENT/,
    );
  });

  it("FM-26 reports a record that its role may not change", async () => {
    aws.denyRecords = true;
    assert.equal((await start()).code, BOOT_REPORTED_EXIT);
    const status = parseStatus(aws.parameters.get(PARAMETER));
    assert.equal(status?.step, "dns");
    assert.match(status.reason ?? "", /not authorized to perform: route53:ChangeResourceRecordSets/);
  });

  it("FM-26 leaves a configuration it cannot read to its caller, in words", async () => {
    await put("host.json", "{");
    const { code, output } = await start();
    assert.equal(code, 1);
    assert.match(output, /host\.json is not JSON/);
    assert.deepEqual(aws.written, []);
    assert.equal(existsSync(join(root, "commands")), false);
  });
});
