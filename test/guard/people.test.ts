import assert from "node:assert/strict";
import { LedgerWriter } from "../../runtime/guard/ledger-writer.ts";
import { retell, tell } from "../../runtime/guard/people.ts";
import { FakeAws } from "./fake-aws.ts";
import { ledgerAt, NOON } from "./support.ts";

class InvalidParameterException extends Error {
  override readonly name = "InvalidParameterException";
}

async function writing(fake: FakeAws, untold: readonly (readonly [subject: string, text: string])[] = []) {
  const writer = new LedgerWriter(fake.ports, undefined);
  const messages = untold.map(([subject, text]) => ({ subject, text, at: NOON }));
  await writer.write(ledgerAt(NOON, 0, { untold: messages }));
  return writer;
}

/** @param refused subjects that the topic will never take */
function refuse(fake: FakeAws, ...refused: readonly string[]) {
  const { notifier } = fake.ports;
  return {
    ...fake.ports,
    notifier: {
      ...notifier,
      notify: (subject: string, text: string) =>
        refused.includes(subject)
          ? Promise.reject(new InvalidParameterException("Invalid parameter: Message"))
          : notifier.notify(subject, text),
    },
  };
}

const subjects = (messages: readonly { readonly subject: string }[] = []) =>
  messages.map(({ subject }) => subject);

describe("messages that could not be sent", () => {
  it("are kept at some length: 20 of them fit the ledger, and the log has them whole", async () => {
    const fake = new FakeAws(NOON);
    fake.interfere = (call) => {
      if (call === "notify") throw new Error("InternalError");
    };
    const text = `${"x".repeat(3_999)}\u{1F4B8}${"y".repeat(300_000)}`;
    await tell(fake.ports, await writing(fake), [{ subject: "big", text }]);
    const [kept] = fake.ledger?.untold ?? [];
    assert.ok(kept !== undefined && kept.text.length < 4_100, String(kept?.text.length));
    assert.equal(Buffer.from(kept.text).toString(), kept.text, "no half of a surrogate pair");
    assert.equal(fake.log[0]?.["text"] ?? fake.log[1]?.["text"], text);
  });

  it("are cut to what the topic takes, those of ledgers written before too", async () => {
    const fake = new FakeAws(NOON);
    const writer = await writing(fake, [["old", "\u20AC".repeat(300_000)]]);
    await retell(fake.ports, writer, writer.untold);
    await tell(fake.ports, writer, [{ subject: "new", text: "\u20AC".repeat(300_000) }]);
    assert.deepEqual(subjects(fake.messages), ["old", "new"]);
    for (const { text } of fake.messages) assert.ok(Buffer.byteLength(text) < 256 * 1024);
    assert.deepEqual(fake.ledger?.untold, []);
  });

  it("do not wait behind one that the topic refuses as invalid, which is then forgotten (FM-04)", async () => {
    const fake = new FakeAws(NOON);
    const ports = refuse(fake, "bad");
    const writer = await writing(fake, [
      ["bad", "a"],
      ["good", "b"],
    ]);
    await retell(ports, writer, writer.untold);
    assert.deepEqual([subjects(fake.messages), fake.ledger?.untold], [["good"], []]);
  });

  it("are all kept where the topic refuses every one: then it is the topic that is wrong", async () => {
    const fake = new FakeAws(NOON);
    const ports = refuse(fake, "first", "second");
    const writer = await writing(fake, [
      ["first", "a"],
      ["second", "b"],
    ]);
    await retell(ports, writer, writer.untold);
    assert.deepEqual(subjects(fake.ledger?.untold), ["first", "second"]);
  });
});
