import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Scope } from "../lib/names.ts";
import { PREFIXES } from "../lib/prefixes.ts";
import { tagsFor } from "../lib/tags.ts";

/** A built program for hosts. */
export interface HostProgram {
  /** Path of the bundle, relative to the project. */
  readonly path: string;
  /** SHA-256 of its bytes, hexadecimal. */
  readonly sha256: string;
}

export interface HostBundleArgs {
  readonly scope: Scope;
  readonly bucketName: pulumi.Input<string>;
  readonly program: HostProgram;
}

/** The host programs as one object named by its hash: a launch template points at exactly these bytes for ever. */
export class HostBundle extends pulumi.ComponentResource {
  readonly key: pulumi.Output<string>;
  readonly sha256: string;

  constructor(
    name: string,
    { scope, bucketName, program }: HostBundleArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(componentType("HostBundle"), name, {}, opts);
    const object = new aws.s3.BucketObjectv2(
      `${name}-object`,
      {
        bucket: bucketName,
        key: `${PREFIXES.hosts}boot-${program.sha256}.mjs`,
        source: new pulumi.asset.FileAsset(program.path),
        sourceHash: program.sha256,
        contentType: "text/javascript",
        tags: tagsFor(scope, name),
      },
      { parent: this },
    );
    this.key = object.key;
    this.sha256 = program.sha256;
    this.registerOutputs({ key: this.key, sha256: this.sha256 });
  }
}
