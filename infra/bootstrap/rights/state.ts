import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../../lib/iam.ts";
import { PROJECT } from "../../lib/names.ts";
import type { StateStore } from "../names.ts";
import type { Reach } from "./reach.ts";

/**
 * Where Pulumi's own backends keep a stack in a bucket. Source: pulumi/pulumi, `pkg/backend/diy`: `store.go` (stacks,
 * history, backups), `lock.go`, `meta.go`, `stack_tags.go`. A preview takes no lock and writes nothing.
 */
export function stateObjects(environment: string) {
  const stack = `.pulumi/stacks/${PROJECT}/${environment}`;
  return {
    /** Says how the bucket is laid out; read by every command. */
    meta: ".pulumi/meta.yaml",
    /** The state, plain or compressed, and its tags. */
    state: [`${stack}.json`, `${stack}.json.gz`, `${stack}.json.zst`, `${stack}.pulumi-tags`],
    /** All of these, and the copies that Pulumi makes of a state before it replaces it: no environment's name has a dot. */
    stateAndCopies: `${stack}.*`,
    history: `.pulumi/history/${PROJECT}/${environment}/`,
    backups: `.pulumi/backups/${PROJECT}/${environment}/`,
    locks: `.pulumi/locks/organization/${PROJECT}/${environment}/`,
    /** Every command looks for stacks of the layout before projects; it sees names, of no object the content. */
    formerLayout: ".pulumi/stacks/",
  };
}

export interface StateReach extends Reach {
  readonly store: StateStore;
  /** Key of the environment's secrets provider. */
  readonly stateKeyArn: pulumi.Input<string>;
}

/** What `pulumi preview` needs: one environment's state, and its key to open what the state encrypts. */
export function readState(reach: StateReach): Statement[] {
  const { meta, state, stateAndCopies, history, locks, formerLayout } = stateObjects(reach.environment);
  const bucketArn = `arn:aws:s3:::${reach.store.bucket}`;
  return [
    {
      sid: "ReadState",
      actions: ["s3:GetObject"],
      resources: [meta, stateAndCopies, `${history}*`].map((key) => `${bucketArn}/${key}`),
    },
    {
      sid: "ListState",
      actions: ["s3:ListBucket"],
      resources: [bucketArn],
      conditions: {
        StringEquals: { "s3:prefix": [meta, ...state, formerLayout, history, locks] },
      },
    },
    storageKey(reach, "ReadStateStorage", ["kms:Decrypt"]),
    { sid: "OpenSecrets", actions: ["kms:Decrypt"], resources: [reach.stateKeyArn] },
  ];
}

/** What `pulumi up` needs beyond reading. Versions stay: nothing here deletes one, and of objects only locks. */
export function writeState(reach: StateReach): Statement[] {
  const { stateAndCopies, history, backups, locks } = stateObjects(reach.environment);
  const objects = (keys: readonly string[]) => keys.map((key) => `arn:aws:s3:::${reach.store.bucket}/${key}`);
  return [
    {
      sid: "WriteState",
      actions: ["s3:GetObject", "s3:PutObject"],
      resources: objects([stateAndCopies, `${history}*`, `${backups}*`, `${locks}*`]),
    },
    { sid: "ReleaseLock", actions: ["s3:DeleteObject"], resources: objects([`${locks}*`]) },
    storageKey(reach, "WriteStateStorage", ["kms:Decrypt", "kms:GenerateDataKey"]),
  ];
}

/** The bucket's own key, through S3 only: which objects it opens, the rights on objects say. */
function storageKey({ account, store }: StateReach, sid: string, actions: readonly string[]): Statement {
  return {
    sid,
    actions,
    resources: [store.bucketKeyArn],
    conditions: { StringEquals: { "kms:ViaService": `s3.${account.region}.amazonaws.com` } },
  };
}
