import assert from "node:assert/strict";
import {
  DeleteAutoScalingGroupCommand,
  PutScheduledUpdateGroupActionCommand,
} from "@aws-sdk/client-auto-scaling";
import { DescribeSpotInstanceRequestsCommand, RequestSpotInstancesCommand } from "@aws-sdk/client-ec2";
import { GetRolePolicyCommand, NoSuchEntityException } from "@aws-sdk/client-iam";
import { MODELS_DENIED_POLICY } from "../../model/guard.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { DAY, HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { operationOf } from "../support/aws-query.ts";
import { startAccount, type Account } from "./account.ts";
import { AGENTS_ROLE, CONFIG, groupOf, NOON, tagsOf, TIGHT } from "./setting.ts";

const CLOSED = { desired: 0, suspended: ["Launch", "ScheduledActions"] };
const OPEN = { desired: 0, suspended: [] };

describe("guard on moto: stop, latch, re-arm", function () {
  this.timeout(60_000);
  let account: Account;

  before(async function () {
    account = await startAccount(this);
  });
  after(() => (account as Account | undefined)?.stop());
  beforeEach(() => account.make());

  const tight = { ...CONFIG, linePerDay: TIGHT };

  async function denial(): Promise<string | undefined> {
    try {
      const { PolicyDocument = "" } = await account.iam.send(
        new GetRolePolicyCommand({ RoleName: AGENTS_ROLE, PolicyName: MODELS_DENIED_POLICY }),
      );
      return decodeURIComponent(PolicyDocument);
    } catch (error) {
      if (error instanceof NoSuchEntityException) return undefined;
      throw error;
    }
  }

  it("stops everything but the persistent host at the line, and tells people with the sums (FM-08)", async () => {
    const orchestrator = await account.orchestrator();
    const slot = await account.start("storage-1");
    const tagged = await account.run(tagsOf("on-demand"));
    assert.deepEqual(await account.tick(tight), { outcome: "done", verdict: "stop" });

    assert.deepEqual(await account.runningIds(), [orchestrator]);
    assert.deepEqual(await account.slots(), [CLOSED, CLOSED, CLOSED]);
    assert.match((await denial()) ?? "", /"Effect":"Deny","Action":"bedrock:InvokeModel\*"/);
    const ledger = await account.table.read();
    assert.equal(ledger?.latch?.phase, "stopped");
    assert.deepEqual(ledger.latch.stopped.toSorted(), [slot, tagged].sort());
    const [message = "", ...others] = await account.told();
    assert.deepEqual(others, []);
    assert.match(message, /^dev: stopped at the line\n/);
    assert.match(message, new RegExp(`\\$5\\.60[^]*${tagged}`));
  });

  it("remembers the latch before it touches anything, and closes groups before it terminates", async () => {
    await account.start("storage-1");
    account.proxy.clear();
    await account.tick(tight);
    const order = account.proxy.passed.map(operationOf);
    const first = (operation: string): number => order.indexOf(operation);
    // The first PutItem is the lock, the second the ledger.
    const latched = order.indexOf("PutItem", first("PutItem") + 1);
    const steps = [latched, first("SuspendProcesses"), first("SetDesiredCapacity")];
    assert.deepEqual(
      steps.toSorted((a, b) => a - b),
      steps,
    );
    assert.ok(latched > 0);
    assert.ok(first("PutRolePolicy") > first("SetDesiredCapacity"));
  });

  it("holds the latch against a person and a schedule, and opens it on the next UTC day (FM-05, FM-16)", async () => {
    await account.start("storage-1");
    await account.tick(tight);
    await account.told();

    await account.wish("storage-2", 1);
    assert.deepEqual(await account.runningIds(), [], "a suspended group launches nothing");
    account.clock.pass(5 * MINUTE);
    assert.equal((await account.tick(tight)).verdict, "hold");
    assert.deepEqual(await account.slots(), [CLOSED, CLOSED, CLOSED]);
    assert.deepEqual(await account.told(), [], "people hear of a stop once");

    account.clock.pass(DAY);
    assert.equal((await account.tick(tight)).verdict, "rearm");
    assert.deepEqual(await account.slots(), [OPEN, OPEN, OPEN]);
    assert.equal(await denial(), undefined);
    assert.equal((await account.table.read())?.latch, null);
    assert.match((await account.told()).join("\n"), /dev: re-armed/);
  });

  it("opens the latch on a person's word, and only once", async () => {
    const config = { ...tight, rearm: "manual" } as const;
    await account.start("storage-1");
    await account.tick(config);
    account.clock.pass(2 * DAY);
    assert.equal((await account.tick(config)).verdict, "hold");
    await account.table.requestRearm("alex", account.clock.now());
    assert.equal((await account.tick(config)).verdict, "rearm");
    assert.equal((await account.table.requests()).rearm, undefined);
    assert.equal((await account.tick(config)).verdict, "ok");
  });

  it("a tick while latched and quiet changes nothing in AWS but its own table", async () => {
    await account.start("storage-1");
    await account.tick(tight);
    account.proxy.clear();
    await account.tick(tight);
    const changes = Object.keys(account.calls()).filter(
      (operation) => !/^(Describe|Get|List|Query|Receive)/.test(operation),
    );
    assert.deepEqual(changes.sort(), ["DeleteItem", "PutItem", "PutMetricData"]);
  });

  it("what appears during the stop is swept until two looks are empty (FM-06)", async () => {
    await account.start("storage-1");
    let late = "";
    account.clock.meanwhile = async () => {
      late = await account.run(tagsOf("on-demand"));
    };
    await account.tick(tight);
    assert.notEqual(late, "");
    assert.deepEqual(await account.runningIds(), []);
    assert.ok((await account.table.read())?.latch?.stopped.includes(late));
  });

  it("one id that is refused does not keep the others running; the run fails, the next finishes (FM-04)", async () => {
    const stuck = await account.run(tagsOf("on-demand"));
    await account.run(tagsOf("on-demand"));
    let refuses = true;
    account.proxy.rule((request) =>
      refuses && operationOf(request) === "TerminateInstances" && request.body.includes(stuck)
        ? ec2Error(400, "OperationNotPermitted", `The instance '${stuck}' may not be terminated.`)
        : undefined,
    );
    await assert.rejects(account.tick(tight), /may still run/);
    assert.deepEqual(await account.runningIds(), [stuck]);
    assert.match((await account.told()).join("\n"), new RegExp(`not finished[^]*terminate ${stuck}`));
    assert.equal((await account.table.read())?.latch?.phase, "stopping");

    refuses = false;
    account.clock.pass(MINUTE);
    await account.tick(tight);
    assert.deepEqual(await account.runningIds(), []);
    assert.equal((await account.table.read())?.latch?.phase, "stopped");
  });

  it("a run that dies between the latch and the stop is finished by the next (FM-03)", async () => {
    await account.start("storage-1");
    let dead = false;
    account.proxy.rule((request) => {
      dead ||= operationOf(request) === "SuspendProcesses";
      return dead ? "cut" : undefined;
    });
    await assert.rejects(account.tick(tight));
    account.proxy.clear();
    assert.equal((await account.table.read())?.latch?.phase, "stopping");
    assert.equal((await account.runningIds()).length, 1);

    // The dead run's lock is still there: nobody gets in before it has expired.
    assert.equal((await account.tick(tight)).outcome, "busy");
    account.clock.pass(CONFIG.intervalMs);
    assert.equal((await account.tick(tight)).verdict, "hold");
    assert.deepEqual(await account.runningIds(), []);
  });

  it("what is gone already keeps nothing else from being stopped (FM-45)", async () => {
    await account.autoScaling.send(
      new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: groupOf("storage-3") }),
    );
    await account.start("storage-1");
    account.proxy.rule((request) =>
      operationOf(request) === "GetRolePolicy"
        ? iamError("NoSuchEntity", `The role with name ${AGENTS_ROLE} cannot be found.`)
        : undefined,
    );
    assert.equal((await account.tick(tight)).verdict, "stop");
    assert.deepEqual(await account.runningIds(), []);
    assert.equal((await account.table.read())?.latch?.phase, "stopped");
    assert.equal(account.calls()["PutRolePolicy"], undefined);
  });

  it("stops nobody else's, and asks about more than the stack can have (FM-09)", async () => {
    const foreign = await account.run({ team: "other" });
    const tagged = await Promise.all(Array.from({ length: 4 }, () => account.run(tagsOf("on-demand"))));
    const own = await account.start("storage-1");
    await account.tick({ ...tight, linePerDay: nanoUsd("1") });
    const left = await account.runningIds();
    assert.deepEqual(left, [foreign, ...tagged].sort());
    assert.ok(!left.includes(own));
    assert.match((await account.told()).join("\n"), /5 instances carry the tags of dev, which has 3 slots/);
  });

  it("cancels persistent spot requests of its slots, tagged or not, and leaves others alone", async () => {
    const request = async (profile: string): Promise<string> => {
      const { SpotInstanceRequests: [made] = [] } = await account.ec2.send(
        new RequestSpotInstancesCommand({
          Type: "persistent",
          LaunchSpecification: {
            ImageId: "ami-12c6146b",
            InstanceType: "c7a.large",
            IamInstanceProfile: { Name: profile },
          },
        }),
      );
      return made?.SpotInstanceRequestId ?? "";
    };
    await request(`${groupOf("storage-1")}-profile`);
    const others = await request("somebody-else");
    await account.start("storage-1");
    await account.tick({ ...tight, unknownInstances: "report" });
    const { SpotInstanceRequests = [] } = await account.ec2.send(new DescribeSpotInstanceRequestsCommand({}));
    const alive = SpotInstanceRequests.filter(({ State }) => State !== "cancelled");
    assert.deepEqual(
      alive.map(({ SpotInstanceRequestId }) => SpotInstanceRequestId),
      [others],
    );
  });

  it("holds back a scheduled start that does not fit into the day, and gives it back", async () => {
    await account.autoScaling.send(
      new PutScheduledUpdateGroupActionCommand({
        AutoScalingGroupName: groupOf("storage-2"),
        ScheduledActionName: "start",
        Recurrence: "0 8 * * *",
        TimeZone: "America/Los_Angeles",
        DesiredCapacity: 1,
      }),
    );
    await account.tick(tight);
    const held = { desired: 0, suspended: ["ScheduledActions"] };
    assert.deepEqual(await account.slots(), [OPEN, held, OPEN]);
    account.clock.pass(5 * MINUTE);
    await account.tick(CONFIG);
    assert.deepEqual(await account.slots(), [OPEN, OPEN, OPEN]);
  });

  it("ends a lease whose time is over, and not one extended at the last second (FM-34)", async () => {
    await account.start("storage-1");
    await account.start("storage-2");
    const lease = { owner: "alex", expiresAt: NOON + HOUR, state: "active" } as const;
    const locked = await account.locked();
    await locked.add({ ...lease, id: "one", slots: ["storage-1"] });
    await locked.add({ ...lease, id: "two", slots: ["storage-2"] });
    await account.tick();
    assert.equal((await account.runningIds()).length, 2);

    account.clock.pass(HOUR);
    let extended: Promise<boolean> | undefined;
    // After the guard has read the leases, and before it ends them.
    account.proxy.rule((request) => {
      if (operationOf(request) === "DescribeInstances")
        extended ??= locked.extend("two", NOON + HOUR, NOON + 2 * HOUR);
      return undefined;
    });
    await account.tick();
    assert.equal(await extended, true);
    assert.deepEqual(
      (await account.slots()).map(({ desired }) => desired),
      [0, 1, 0],
    );
    assert.equal((await account.runningIds()).length, 1);
    account.clock.pass(MINUTE);
    await account.tick();
    assert.deepEqual(
      (await account.table.requests()).leases.map(({ id, expiresAt }) => [id, expiresAt]),
      [["two", NOON + 2 * HOUR]],
    );
  });
});

function iamError(code: string, message: string) {
  return {
    status: 404,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>0</RequestId></ErrorResponse>`,
  };
}

function ec2Error(status: number, code: string, message: string) {
  return {
    status,
    body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>0</RequestID></Response>`,
  };
}
