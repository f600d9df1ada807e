import * as pulumi from "@pulumi/pulumi";

/** One statement of an IAM policy; `sid` says in a word what it is for. */
export interface Statement {
  readonly sid: string;
  readonly effect?: "Allow" | "Deny";
  readonly principals?:
    Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>> | "*";
  readonly actions: readonly string[];
  readonly resources?: readonly pulumi.Input<string>[];
  readonly conditions?: Readonly<
    Record<string, Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>>
  >;
}

/** An IAM policy document as JSON text. */
export function policyDocument(statements: readonly Statement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: statements.map(({ sid, effect = "Allow", principals, actions, resources, conditions }) => ({
      Sid: sid,
      Effect: effect,
      ...(principals === undefined ? {} : { Principal: principals }),
      Action: actions,
      ...(resources === undefined ? {} : { Resource: resources }),
      ...(conditions === undefined ? {} : { Condition: conditions }),
    })),
  });
}

/** Trust policy for one AWS service, narrowed to the given conditions against the confused deputy. */
export function serviceTrust(service: string, conditions?: Statement["conditions"]): pulumi.Output<string> {
  return policyDocument([
    {
      sid: "Assume",
      principals: { Service: service },
      actions: ["sts:AssumeRole"],
      ...(conditions === undefined ? {} : { conditions }),
    },
  ]);
}

/** Lets the Session Manager agent of a host register and talk; the documented minimum, without S3 or logs. */
export const SESSION_MANAGER: Statement = {
  sid: "SessionManager",
  actions: [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ],
  // These actions know no resource-level permissions (AWS service authorization reference).
  resources: ["*"],
};
