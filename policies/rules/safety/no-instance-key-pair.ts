import { resourceRule } from "../../rule.ts";

const HOSTS = new Set([
  "aws:ec2/instance:Instance",
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/launchConfiguration:LaunchConfiguration",
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
]);

export const noInstanceKeyPair = resourceRule({
  name: "no-instance-key-pair",
  level: "mandatory",
  why: "A private key opens its hosts to whoever copies it, names nobody in the log and outlives the person who left.",
  fix: "remove it and log in through Session Manager",
  outside: ["Security Hub Autoscaling.5", "AWS Systems Manager User Guide: Session Manager"],
  *checkResource({ type, inputs }) {
    if (type === "aws:ec2/keyPair:KeyPair") yield "the program registers a key pair for logins";
    const name = inputs["keyName"];
    if (HOSTS.has(type) && name !== undefined && name !== "")
      yield "hosts are made with a key pair for logins";
  },
});
