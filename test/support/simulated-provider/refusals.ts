import { awsError } from "./cloud.ts";
import { traitsOf } from "./outputs.ts";
import { reveal } from "./values.ts";
import { resourceKey, type Properties, type SimulatedResource, type World } from "./world.ts";

/** @throws Error as AWS does for a second resource of one name. */
export function refuseCreate(world: World, type: string, id: string): void {
  if (!(resourceKey(type, id) in world.resources)) return;
  throw new Error(
    `creating ${type} (${id}): ${awsError("AWS:Create", "EntityAlreadyExists", `${id} already exists.`, 409)}`,
  );
}

/** @throws Error as AWS does for what is protected, not empty, or still used. */
export function refuseDelete(world: World, resource: SimulatedResource, state: Properties): void {
  const { type, id, properties } = resource;
  if (type === "aws:s3/bucket:Bucket" && (resource.objects ?? 0) > 0 && state["forceDestroy"] !== true) {
    throw new Error(
      `deleting S3 Bucket (${id}): ${awsError("S3:DeleteBucket", "BucketNotEmpty", "The bucket you tried to delete is not empty", 409)}`,
    );
  }
  if (type === "aws:ec2/instance:Instance" && reveal(properties["disableApiTermination"]) === true) {
    const message = `The instance '${id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`;
    throw new Error(
      `terminating EC2 Instance (${id}): ${awsError("EC2:TerminateInstances", "OperationNotPermitted", message)}`,
    );
  }
  const user = traitsOf(type).heldByUsers === true ? findUser(world, resource) : undefined;
  if (user !== undefined) {
    throw new Error(
      `deleting ${type} (${id}): ${awsError("AWS:Delete", "DependencyViolation", `resource ${id} has a dependent object ${user.id}`)}`,
    );
  }
}

/** Another resource that names this one's id. Outputs of the resource itself do not count. */
function findUser(world: World, { type, id }: SimulatedResource): SimulatedResource | undefined {
  const mention = JSON.stringify(id);
  return Object.values(world.resources).find(
    (other) =>
      resourceKey(other.type, other.id) !== resourceKey(type, id) &&
      JSON.stringify(other.inputNames.map((name) => other.properties[name])).includes(mention),
  );
}
