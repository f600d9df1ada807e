import assert from "node:assert/strict";
import { prepareDataDisk } from "../../../runtime/host/steps/disks.ts";
import { EBS, INSTANCE_STORE, standInHost, type StandInHost } from "../support/stand-in-host.ts";

const MKFS = "mkfs.xfs -L pg-data";
const MOUNT = "mount -t xfs -o noatime,nodev,nosuid";
const DIRECTORY = "/var/lib/proving-ground/data";

/** An instance with one EBS root volume and so many instance-store devices. */
function instance(devices: number): StandInHost {
  const host = standInHost();
  host.attach("nvme0n1", EBS);
  for (let number = 1; number <= devices; number += 1) host.attach(`nvme${String(number)}n1`, INSTANCE_STORE);
  return host;
}

function names(devices: number): string[] {
  return Array.from({ length: devices }, (_, index) => `/dev/nvme${String(index + 1)}n1`);
}

describe("data disk", () => {
  it("stays on the root volume where there is only EBS, and runs no command", async () => {
    const host = instance(0);
    host.attach("nvme1n1", EBS);
    assert.deepEqual(await prepareDataDisk(host), {
      kind: "root-volume",
      source: null,
      devices: [],
      formatted: false,
    });
    assert.deepEqual([...host.commands], []);
  });

  it("stays on the root volume where there is no NVMe at all", async () => {
    const host = standInHost();
    host.files.set("/sys/block/xvda/size", "16777216");
    assert.equal((await prepareDataDisk(host)).kind, "root-volume");
    assert.deepEqual([...host.commands], []);
  });

  it("formats and mounts a single empty device", async () => {
    const host = instance(1);
    assert.deepEqual(await prepareDataDisk(host), {
      kind: "instance-store",
      source: "/dev/nvme1n1",
      devices: ["/dev/nvme1n1"],
      formatted: true,
    });
    assert.deepEqual(host.commands.slice(1), [`${MKFS} /dev/nvme1n1`, `${MOUNT} /dev/nvme1n1 ${DIRECTORY}`]);
  });

  it("ignores the paths by which the kernel reaches one namespace", async () => {
    const host = instance(1);
    host.attach("nvme1c1n1", INSTANCE_STORE);
    host.attach("nvme1n1p1", INSTANCE_STORE);
    assert.deepEqual((await prepareDataDisk(host)).devices, ["/dev/nvme1n1"]);
  });

  for (const count of [2, 4]) {
    it(`stripes ${String(count)} empty devices and formats the array`, async () => {
      const host = instance(count);
      const disk = await prepareDataDisk(host);
      assert.deepEqual(disk, {
        kind: "striped",
        source: "/dev/md127",
        devices: names(count),
        formatted: true,
      });
      const create = `mdadm --create /dev/md/pg-data --run --level=0 --raid-devices=${String(count)} --name=pg-data --homehost=any ${names(count).join(" ")}`;
      assert.ok(host.commands.includes(create), host.commands.join("\n"));
      assert.deepEqual(host.commands.slice(-2), [`${MKFS} /dev/md127`, `${MOUNT} /dev/md127 ${DIRECTORY}`]);
    });
  }

  it("orders devices by number, so that an array has the same order at every boot", async () => {
    const host = instance(11);
    assert.deepEqual((await prepareDataDisk(host)).devices, names(11));
  });

  it("installs mdadm where the image has none", async () => {
    const host = instance(2);
    host.overrides.set("mdadm --version", { code: 127 });
    await prepareDataDisk(host);
    assert.ok(host.commands.includes("dnf install -y mdadm"));
  });

  for (const count of [1, 2]) {
    it(`changes nothing when it runs again, and mounts without formatting after a restart (${String(count)})`, async () => {
      const host = instance(count);
      const first = await prepareDataDisk(host);
      host.commands.splice(0);

      assert.deepEqual(await prepareDataDisk(host), { ...first, formatted: false });
      assert.deepEqual([...host.commands], []);

      host.restart();
      assert.deepEqual(await prepareDataDisk(host), { ...first, formatted: false });
      assert.ok(host.commands.every((line) => !line.startsWith("mkfs") && !line.includes("--create")));
      assert.ok(host.commands.includes(`${MOUNT} ${first.source ?? ""} ${DIRECTORY}`));
    });
  }

  it("formats an array that an interrupted boot left without a file system", async () => {
    const host = instance(2);
    host.overrides.set("mkfs.xfs", { code: 1, stderr: "interrupted" });
    await assert.rejects(prepareDataDisk(host), /mkfs\.xfs .* ended with 1: interrupted/);
    host.overrides.clear();
    assert.equal((await prepareDataDisk(host)).formatted, true);
    assert.equal(host.commands.filter((line) => line.includes("--create")).length, 1);
  });

  const foreign: readonly (readonly [signature: string, words: RegExp])[] = [
    ["LABEL=backup\nTYPE=xfs", /\/dev\/nvme1n1 carries xfs labelled "backup", which this host did not make/],
    ["LABEL=pg-data\nTYPE=ext4", /carries ext4 labelled "pg-data"/],
    ["TYPE=LVM2_member", /carries LVM2_member/],
    ["PTTYPE=gpt", /carries a partition table \(gpt\)/],
  ];
  for (const [signature, words] of foreign) {
    it(`refuses a device with ${signature.replace("\n", " ")}, and leaves it alone`, async () => {
      const host = instance(1);
      host.signatures.set("/dev/nvme1n1", signature);
      await assert.rejects(prepareDataDisk(host), words);
      assert.ok(host.commands.every((line) => line.startsWith("blkid")));
    });
  }

  it("refuses a set of devices of which one is foreign, and names each", async () => {
    const host = instance(2);
    host.signatures.set("/dev/nvme2n1", "TYPE=ext4");
    await assert.rejects(
      prepareDataDisk(host),
      /\/dev\/nvme1n1: empty, \/dev\/nvme2n1: ext4\): none is touched/,
    );
    assert.ok(host.commands.every((line) => line.startsWith("blkid")));
  });

  it("refuses members of another array", async () => {
    const host = instance(2);
    for (const name of names(2)) host.signatures.set(name, "LABEL=other:scratch\nTYPE=linux_raid_member");
    await assert.rejects(prepareDataDisk(host), /linux_raid_member labelled "other:scratch"/);
  });

  it("refuses devices that are in use by two arrays", async () => {
    const host = instance(2);
    host.files.set("/sys/block/nvme1n1/holders/md126", "");
    host.files.set("/sys/block/nvme2n1/holders/md127", "");
    await assert.rejects(prepareDataDisk(host), /in use by md126, md127/);
  });

  it("refuses an array that covers only some of the devices", async () => {
    const host = instance(2);
    host.files.set("/sys/block/nvme1n1/holders/md127", "");
    await assert.rejects(prepareDataDisk(host), /in use by md127, not by one array over all of them/);
    assert.deepEqual([...host.commands], []);
  });

  it("takes contradictory signatures and a failing blkid for unknown, not for empty", async () => {
    for (const [code, words] of [
      [8, /contradictory signatures/],
      [4, /blkid .* ended with 4: no such device/],
    ] as const) {
      const host = instance(1);
      host.overrides.set("blkid", { code, stderr: "no such device" });
      await assert.rejects(prepareDataDisk(host), words);
      assert.ok(host.commands.every((line) => line.startsWith("blkid")));
    }
  });

  it("refuses a data directory on which something else is mounted", async () => {
    for (const devices of [0, 1]) {
      const host = instance(devices);
      host.files.set("/proc/self/mounts", `/dev/sdz ${DIRECTORY} ext4 rw 0 0\n`);
      await assert.rejects(prepareDataDisk(host), /already the mount of \/dev\/sdz/);
      assert.deepEqual([...host.commands], []);
    }
  });

  for (const command of ["mkfs.xfs", "mount"]) {
    it(`says what ${command} said when it fails`, async () => {
      const host = instance(1);
      host.overrides.set(command, { code: 32, stderr: "device is gone\n" });
      await assert.rejects(
        prepareDataDisk(host),
        new RegExp(`^Error: ${command} .* ended with 32: device is gone$`),
      );
    });
  }

  it("never gives an EBS device to a command", async () => {
    for (const count of [0, 1, 2, 4]) {
      const host = instance(count);
      host.attach("nvme9n1", EBS);
      await prepareDataDisk(host);
      assert.doesNotMatch(host.commands.join("\n"), /nvme[09]n1/);
    }
  });
});
