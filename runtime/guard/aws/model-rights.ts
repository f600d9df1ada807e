import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  NoSuchEntityException,
  PutRolePolicyCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { MODELS_DENIED_POLICY } from "../../../model/guard.ts";
import type { Cloud } from "../ports.ts";

type ModelRights = Pick<Cloud, "modelsDenied" | "denyModels" | "allowModels">;

/** A denial beats whatever else the role may do. `InvokeModel*` is what Converse asks for as well. */
const DENIAL = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Action: "bedrock:InvokeModel*", Resource: "*" }],
});

/** IAM has one error for a role and for a policy that is not there; its words tell them apart. */
const NO_ROLE = "The role with name ";

/** The agents' right to call models: an inline policy of its own, so that giving it back is deleting it. */
export function modelRights(client: IAMClient): ModelRights {
  const policy = (role: string) => ({ RoleName: role, PolicyName: MODELS_DENIED_POLICY });
  return {
    /**
     * False, too, where somebody changed the policy: it is written anew then. A role that is gone calls nothing:
     * a stack that is being destroyed must not fail its last ticks (FM-45).
     */
    async modelsDenied(role) {
      try {
        const { PolicyDocument = "" } = await client.send(new GetRolePolicyCommand(policy(role)));
        return decodeURIComponent(PolicyDocument) === DENIAL;
      } catch (error) {
        if (error instanceof NoSuchEntityException) return error.message.startsWith(NO_ROLE);
        throw error;
      }
    },
    async denyModels(role) {
      await client.send(new PutRolePolicyCommand({ ...policy(role), PolicyDocument: DENIAL }));
    },
    async allowModels(role) {
      try {
        await client.send(new DeleteRolePolicyCommand(policy(role)));
      } catch (error) {
        if (!(error instanceof NoSuchEntityException)) throw error;
      }
    },
  };
}
