import { gzipSync } from "node:zlib";
import { UNKNOWN } from "../../../model/resource.ts";
import { ebsEncrypted } from "../../../policies/rules/safety/ebs-encrypted.ts";
import { imdsv2 } from "../../../policies/rules/safety/imdsv2.ts";
import { noInstanceKeyPair } from "../../../policies/rules/safety/no-instance-key-pair.ts";
import { noSecretText } from "../../../policies/rules/safety/no-secret-text.ts";
import { judge } from "./support.ts";

const INSTANCE = "aws:ec2/instance:Instance";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration";
const root = { rootBlockDevice: { encrypted: true } };

judge({
  rule: ebsEncrypted,
  type: INSTANCE,
  bad: {
    "a root volume nobody mentions": [{}, "root volume: encrypted is not set"],
    "a root volume in the clear": [
      { rootBlockDevice: { encrypted: false } },
      "root volume: encrypted is false",
    ],
    "what is unknown before deployment": [
      { rootBlockDevice: { encrypted: UNKNOWN } },
      "root volume: encrypted is unknown before deployment",
    ],
    "a further volume": [
      { ...root, ebsBlockDevices: [{ deviceName: "/dev/sdf" }] },
      "volume /dev/sdf: encrypted is not set",
    ],
    "volumes unknown as a whole": [
      { ...root, ebsBlockDevices: UNKNOWN },
      "volumes: encrypted is unknown before deployment",
    ],
  },
  good: {
    "encrypted volumes": { ...root, ebsBlockDevices: [{ deviceName: "/dev/sdf", encrypted: true }] },
    "a root volume that the launch template describes": { launchTemplate: { id: "lt-1" } },
  },
});

judge({
  rule: ebsEncrypted,
  type: TEMPLATE,
  bad: {
    "a template without mappings": [{}, "root volume: encrypted is not set"],
    "unknown mappings": [
      { blockDeviceMappings: UNKNOWN },
      "root volume: encrypted is unknown before deployment",
    ],
    "one of two volumes": [
      {
        blockDeviceMappings: [
          { deviceName: "a", ebs: { encrypted: "true" } },
          { deviceName: "b", ebs: { encrypted: "false" } },
        ],
      },
      'volume b: encrypted is "false"',
    ],
  },
  good: {
    "an instance store beside an encrypted volume": {
      blockDeviceMappings: [
        { deviceName: "a", ebs: { encrypted: "true" } },
        { deviceName: "b", virtualName: "ephemeral0" },
      ],
    },
  },
});

judge({
  rule: ebsEncrypted,
  type: CONFIGURATION,
  bad: {
    "a configuration that mentions no volume": [{}, "root volume: encrypted is not set"],
    "a further volume": [
      { ...root, ebsBlockDevices: [{ deviceName: "/dev/sdf" }] },
      "volume /dev/sdf: encrypted is not set",
    ],
  },
  good: { "a device that is left out": { ...root, ebsBlockDevices: [{ deviceName: "b", noDevice: true }] } },
});

for (const type of ["aws:ebs/volume:Volume", "aws:ebs/snapshotCopy:SnapshotCopy"])
  judge({
    rule: ebsEncrypted,
    type,
    bad: {
      "one in the clear": [{}, "volume: encrypted is not set"],
      "an unknown one": [{ encrypted: UNKNOWN }, "volume: encrypted is unknown before deployment"],
    },
    good: { "an encrypted one": { encrypted: true } },
  });

const tokens = { httpTokens: "required", httpPutResponseHopLimit: 1 };
judge({
  rule: imdsv2,
  type: INSTANCE,
  bad: {
    "an instance without options": [
      {},
      "httpTokens is not set",
      "httpPutResponseHopLimit is not set, at most 1 is allowed",
    ],
    "optional tokens": [
      { metadataOptions: { ...tokens, httpTokens: "optional" } },
      'httpTokens is "optional"',
    ],
    "a second hop": [
      { metadataOptions: { ...tokens, httpPutResponseHopLimit: 2 } },
      "httpPutResponseHopLimit is 2, at most 1 is allowed",
    ],
    "unknown options": [
      { metadataOptions: UNKNOWN },
      "httpTokens is unknown before deployment",
      "httpPutResponseHopLimit is unknown before deployment, at most 1 is allowed",
    ],
  },
  good: {
    "tokens and one hop": { metadataOptions: tokens },
    "an endpoint that is off": { metadataOptions: { httpEndpoint: "disabled" } },
    "options of the launch template": { launchTemplate: { id: "lt-1" } },
  },
});

judge({
  rule: imdsv2,
  type: CONFIGURATION,
  bad: {
    "a configuration without options": [
      {},
      "httpTokens is not set",
      "httpPutResponseHopLimit is not set, at most 1 is allowed",
    ],
  },
  good: { "tokens and one hop": { metadataOptions: tokens } },
});
judge({
  rule: imdsv2,
  type: TEMPLATE,
  settings: { parameters: { hopLimit: 2 } },
  bad: {
    "more hops than the parameter": [
      { metadataOptions: { ...tokens, httpPutResponseHopLimit: 3 } },
      "httpPutResponseHopLimit is 3, at most 2 is allowed",
    ],
  },
  good: { "as many as the parameter": { metadataOptions: { ...tokens, httpPutResponseHopLimit: 2 } } },
});

judge({
  rule: noInstanceKeyPair,
  type: TEMPLATE,
  bad: {
    "a key pair": [{ keyName: "laptop" }, "hosts are made with a key pair for logins"],
    "an unknown one": [{ keyName: UNKNOWN }, "hosts are made with a key pair for logins"],
  },
  good: { "no key pair": {} },
});
judge({
  rule: noInstanceKeyPair,
  type: "aws:ec2/keyPair:KeyPair",
  bad: { "one made by the program": [{}, "the program registers a key pair for logins"] },
  good: {},
});

// Each in two parts, so that no scanner takes this file for a leak.
const GITHUB = ["ghp_", "a1".repeat(18)].join("");
const SECRETS: Readonly<Record<string, string>> = {
  "an AWS access key id": ["AKIA", "IOSFODNN7EXAMPLE"].join(""),
  "an AWS secret access key": `aws_secret_access_key = ${"Ab1/".repeat(10)}`,
  "a private key": ["-----BEGIN", " OPENSSH PRIVATE KEY-----"].join(""),
  "a GitHub token": GITHUB,
  "a JSON web token": ["eyJ", "hbGciOiJIUzI1NiJ9.eyJ", "zdWIiOiIxMjM0In0.c2lnbmF0dXJl"].join(""),
  "a Slack token": ["xoxb", "-1234567890-abcdef"].join(""),
  "a password": "password: hunter2-hunter2",
};
const base64 = (text: string) => Buffer.from(text).toString("base64");

judge({
  rule: noSecretText,
  type: TEMPLATE,
  bad: {
    ...Object.fromEntries(
      Object.entries(SECRETS).map(([what, text]) => [
        `${what} (FM-65)`,
        [{ userData: base64(`#!/bin/sh\nexport X="${text}"\n`) }, `userData holds ${what}`] as const,
      ]),
    ),
    "a secret in compressed user data": [
      { userData: gzipSync(GITHUB).toString("base64") },
      "userData holds a GitHub token",
    ],
    "a secret in a tag of hosts": [
      { tagSpecifications: [{ tags: { Note: GITHUB } }] },
      "tagSpecifications holds a GitHub token",
    ],
  },
  good: {
    "a script that fetches its secrets": {
      userData: base64('password=$(aws secretsmanager get-secret-value)\napi_key="${KEY}"\n'),
    },
    "a secret by its path or ARN": {
      userData: base64(
        "auth_token: cfs/github-token\npassword=arn:aws:secretsmanager:us-west-2:1:secret:x\n",
      ),
    },
    "user data that is unknown as a whole": { userData: UNKNOWN },
    "a secret value of the program": { userData: "[secret]" },
  },
});
judge({
  rule: noSecretText,
  type: INSTANCE,
  bad: {
    "user data in plain text": [{ userData: `#!/bin/sh\nlogin ${GITHUB}` }, "userData holds a GitHub token"],
  },
  good: { none: {} },
});
judge({
  rule: noSecretText,
  type: "aws:lambda/function:Function",
  bad: {
    "a value named as a password": [
      { environment: { variables: { DB_PASSWORD: "hunter2-hunter2" } } },
      "environment variable DB_PASSWORD holds a password",
    ],
  },
  good: {
    "the name of a secret": {
      environment: { variables: { SECRET: "cfs/github-token", DB_PASSWORD: "prod/database-password" } },
    },
    "unknown variables": { environment: UNKNOWN },
  },
});
judge({
  rule: noSecretText,
  type: CONFIGURATION,
  bad: { "a secret in user data": [{ userData: `login ${GITHUB}` }, "userData holds a GitHub token"] },
  good: { none: {} },
});
const containers = (container: unknown) => ({ containerDefinitions: JSON.stringify([container]) });
judge({
  rule: noSecretText,
  type: "aws:ecs/taskDefinition:TaskDefinition",
  bad: {
    "a variable named as a password": [
      containers({ environment: [{ name: "DB_PASSWORD", value: "hunter2-hunter2" }] }),
      "environment variable DB_PASSWORD holds a password",
    ],
    "a secret in a command": [
      containers({ command: ["login", GITHUB] }),
      "containerDefinitions holds a GitHub token",
    ],
    "a secret in a text that is no JSON": [
      { containerDefinitions: `{ ${GITHUB}` },
      "containerDefinitions holds a GitHub token",
    ],
  },
  good: {
    "the ARN of a secret": containers({
      secrets: [{ name: "DB_PASSWORD", valueFrom: "arn:aws:ssm:us-west-2:123456789012:parameter/db" }],
    }),
    "definitions that are unknown": { containerDefinitions: UNKNOWN },
  },
});
judge({
  rule: noSecretText,
  type: "aws:ssm/parameter:Parameter",
  bad: {
    "a String": [{ type: "String", name: "/x", value: GITHUB }, "value holds a GitHub token"],
    "a type that is unknown": [{ type: UNKNOWN, name: "/x", value: GITHUB }, "value holds a GitHub token"],
    "a text between brackets that is no marker": [
      {
        type: "String",
        name: "/x",
        value: `[default]\naws_access_key_id=${["AKIA", "IOSFODNN7EXAMPLE"].join("")}\n[x]`,
      },
      "value holds an AWS access key id",
    ],
    "a value named as a password": [
      { type: "String", name: "/db/password", insecureValue: "hunter2-hunter2" },
      "insecureValue holds a password",
    ],
  },
  good: { "a SecureString": { type: "SecureString", name: "/x", value: GITHUB } },
});
judge({
  rule: noSecretText,
  type: "github:index/actionsVariable:ActionsVariable",
  bad: {
    "a secret kept as a variable": [
      { variableName: "API_KEY", value: "0123456789abcdef" },
      "value holds a password",
    ],
    "one by its form (FM-65)": [
      { variableName: "NOTE", value: ["fw_", "AAAABBBBCCCCDDDDEEEE"].join("") },
      "value holds a Fireworks key",
    ],
    "one by the end of its name": [
      { variableName: "DBPASS", value: "hunter2hunter2" },
      "value holds a password",
    ],
  },
  good: {
    "a plain value": { variableName: "REGION", value: "us-west-2" },
    "the address of a token": { variableName: "TOKEN_URL", value: "https://example.com/token" },
  },
});
judge({
  rule: noSecretText,
  type: "github:index/repository:Repository",
  bad: {
    "a secret on the repository's page (FM-65)": [
      { description: GITHUB, homepageUrl: "https://u:hunter2@example.com" },
      "description holds a GitHub token",
      "homepageUrl holds credentials in an address",
    ],
  },
  good: { "plain texts": { description: "A file system", homepageUrl: "https://example.com" } },
});
judge({
  rule: noSecretText,
  type: "github:index/issueLabel:IssueLabel",
  bad: { "a secret (FM-65)": [{ name: "bug", description: GITHUB }, "description holds a GitHub token"] },
  good: { "a plain text": { name: "bug", description: "It does not work" } },
});
judge({
  rule: noSecretText,
  type: "github:index/repositoryFile:RepositoryFile",
  bad: { "a secret (FM-65)": [{ file: "a", content: `x ${GITHUB}` }, "content holds a GitHub token"] },
  good: { "a plain text": { file: "a", content: "* @octo" } },
});
judge({
  rule: noSecretText,
  type: "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions",
  bad: {
    "a secret as a pattern (FM-65)": [
      { allowedActionsConfig: { patternsAlloweds: ["a/*", GITHUB] } },
      "allowedActionsConfig holds a GitHub token",
    ],
  },
  good: { patterns: { allowedActionsConfig: { patternsAlloweds: ["codecov/codecov-action@*"] } } },
});
