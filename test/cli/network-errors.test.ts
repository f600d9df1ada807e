import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { unreachable } from "../../cli/network-errors.ts";
import { gitHub } from "../../cli/github-client.ts";
import { fromCaller } from "../../cli/stack-options.ts";
import { startGround } from "../deploy/support.ts";

/** A port at which nobody answers any more. */
async function closedPort(): Promise<number> {
  const server: Server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("a server that cannot be reached", function () {
  this.timeout(60_000);

  it("is named with the reason, whatever the client wraps it in", async () => {
    const port = String(await closedPort());
    const error: unknown = await gitHub("token", `http://127.0.0.1:${port}`)
      .users.getAuthenticated({ request: { retries: 0 } })
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    assert.match(
      unreachable(error) ?? "",
      new RegExp(`^127\\.0\\.0\\.1:${port} cannot be reached \\(.*ECONNREFUSED`),
    );
    const attempts = new AggregateError([
      Object.assign(new Error("connect ECONNREFUSED ::1:443"), {
        code: "ECONNREFUSED",
        address: "::1",
        port: 443,
      }),
    ]);
    assert.equal(unreachable(attempts), "::1:443 cannot be reached (connect ECONNREFUSED ::1:443)");
  });

  it("is no excuse for other errors", () => {
    const circle = new Error("round");
    circle.cause = circle;
    for (const error of [
      new Error("ENOTFOUND"),
      Object.assign(new Error("x"), { code: "ENOENT" }),
      circle,
      "x",
    ])
      assert.equal(unreachable(error), undefined);
  });

  for (const words of [
    ["checks", "--config", "examples/octollm.yaml"],
    [
      "comment",
      "--problem",
      "dev=package.json",
      "--post",
      "--pull-request",
      "1",
      "--repository",
      "octo-org/app",
    ],
    ["cleanup", "--stack", "dev"],
    ["guard", "status", "--stack", "dev"],
    ["cost", "--stack", "dev"],
    ["cluster", "status", "--stack", "dev"],
  ])
    it(`ground ${String(words[0])} says so in one line, exit 4`, async () => {
      const url = `http://127.0.0.1:${String(await closedPort())}`;
      const { exitCode, stdout, stderr } = await startGround(words, {
        GITHUB_TOKEN: "token",
        GITHUB_API_URL: url,
        AWS_ENDPOINT_URL: url,
        AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
        AWS_SECRET_ACCESS_KEY: "not-a-secret",
        AWS_MAX_ATTEMPTS: "1",
      }).finished;
      assert.deepEqual([exitCode, stdout], [4, ""], stderr);
      assert.match(
        stderr,
        /^127\.0\.0\.1:\d+ cannot be reached \(.*ECONNREFUSED.*\)\. Check the network; .*HTTPS_PROXY[^\n]*\n(Then look with `ground cluster status`.*\n)?$/,
      );
    });
});

describe("the commands' words", function () {
  this.timeout(60_000);

  it("ground comment about nothing is refused, so that it replaces no comment that says something", async () => {
    const { exitCode, stdout, stderr } = await startGround(["comment"], {}).finished;
    assert.deepEqual([exitCode, stdout], [2, ""]);
    assert.equal(stderr, "Give --head, --run or --problem: a comment is about something.\n");
  });

  it("ground --help speaks of GitHub too, with examples and every exit code", async () => {
    const { stdout } = await startGround(["--help"], {}).finished;
    for (const part of ["GitHub", "ground checks --stack", "GITHUB_TOKEN", "6 unknown stack", "9 timed out"])
      assert.ok(stdout.includes(part), `${part}\n${stdout}`);
  });

  it("the help says which options are required, what they default to, and how the command ends", async () => {
    const bind = (await startGround(["delivery", "bind", "--help"], {}).finished).stdout;
    assert.match(bind, /--commit <sha> +commit that is checked out \(required\)/);
    assert.doesNotMatch(bind, /stack-file.*required/);
    assert.match(bind, /Exit codes: 0 printed, 2 /);
    assert.doesNotMatch((await startGround(["comment", "--help"], {}).finished).stdout, /default: \[\]/);
    const start = (await startGround(["cluster", "start", "--help"], {}).finished).stdout;
    assert.match(start, /--for <duration> +length of the lease, such as 8h or 1d \(default: 8h\)\n/);
    const history = (await startGround(["guard", "history", "--help"], {}).finished).stdout;
    assert.match(history, /--days <n> +how far back, in days \(default: 30\)\n/);
  });

  it("the folder in which the command was typed is a path as well", () => {
    assert.equal(fromCaller(process.cwd()), ".");
  });
});
