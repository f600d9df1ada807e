import { PolicyPack } from "@pulumi/policy";

new PolicyPack("tiny", {
  policies: [
    {
      name: "no-large-instances",
      description: "Launch templates stay below xlarge",
      enforcementLevel: "mandatory",
      validateResource: ({ type, props }, reportViolation) => {
        if (
          type === "aws:ec2/launchTemplate:LaunchTemplate" &&
          String(props.instanceType).endsWith("xlarge")
        ) {
          reportViolation(`${props.instanceType} is too large; use large or smaller`);
        }
      },
    },
    {
      name: "stack-size",
      description: "Says how many resources there are",
      enforcementLevel: "advisory",
      validateStack: ({ resources }, reportViolation) => {
        const count = resources.filter(({ type }) => type.startsWith("aws:")).length;
        reportViolation(`${count} resources of AWS`);
      },
    },
  ],
});
