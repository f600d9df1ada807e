import { listOf, tableOf, type Table } from "../model/inputs.ts";
import { isWhollyUnknown, type ResourceRecord } from "../model/resource.ts";

/**
 * What a document decides. `identity`: what its holder may do. `trust`: who may take a role. `resource`: who may
 * use the resource it lies on. `key`: the same of a KMS key, where `Resource: "*"` is the key itself.
 *
 * Policies of VPC endpoints are left out: they grant nothing by themselves, and AWS's own default allows all.
 */
export type DocumentKind = "identity" | "trust" | "resource" | "key";

export interface PolicyStatement {
  /** The statement's Sid, or its place: `statement 1`. */
  readonly label: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** Principals by kind (`AWS`, `Service`, `Federated`); a bare `"*"` stands under `*`. */
  readonly principals: Readonly<Record<string, readonly string[]>>;
  readonly hasNotPrincipal: boolean;
  /** Operator → condition key → values. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface PolicyDocument {
  readonly kind: DocumentKind;
  /** Input that holds it, for messages. */
  readonly property: string;
  /** Undefined where the text is known and is no policy document. */
  readonly statements: readonly PolicyStatement[] | undefined;
}

const HOLDERS: Readonly<Record<string, Readonly<Record<string, DocumentKind>>>> = {
  "aws:iam/policy:Policy": { policy: "identity" },
  "aws:iam/rolePolicy:RolePolicy": { policy: "identity" },
  "aws:iam/groupPolicy:GroupPolicy": { policy: "identity" },
  "aws:iam/userPolicy:UserPolicy": { policy: "identity" },
  "aws:iam/role:Role": { assumeRolePolicy: "trust" },
  "aws:kms/key:Key": { policy: "key" },
  "aws:kms/keyPolicy:KeyPolicy": { policy: "key" },
  "aws:kms/externalKey:ExternalKey": { policy: "key" },
  "aws:kms/replicaExternalKey:ReplicaExternalKey": { policy: "key" },
  "aws:kms/replicaKey:ReplicaKey": { policy: "key" },
  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": { inlinePolicy: "identity" },
  "aws:s3/accessPoint:AccessPoint": { policy: "resource" },
  "aws:s3/bucket:Bucket": { policy: "resource" },
  "aws:s3/bucketV2:BucketV2": { policy: "resource" },
  "aws:s3/bucketPolicy:BucketPolicy": { policy: "resource" },
  "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy": { policy: "resource" },
  "aws:s3control/accessPointPolicy:AccessPointPolicy": { policy: "resource" },
  "aws:s3control/bucketPolicy:BucketPolicy": { policy: "resource" },
  "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy": { policy: "resource" },
  "aws:s3tables/tableBucketPolicy:TableBucketPolicy": { resourcePolicy: "resource" },
  "aws:s3tables/tablePolicy:TablePolicy": { resourcePolicy: "resource" },
  "aws:sns/topic:Topic": { policy: "resource" },
  "aws:sns/topicPolicy:TopicPolicy": { policy: "resource" },
  "aws:sqs/queue:Queue": { policy: "resource" },
  "aws:sqs/queuePolicy:QueuePolicy": { policy: "resource" },
  "aws:secretsmanager/secret:Secret": { policy: "resource" },
  "aws:secretsmanager/secretPolicy:SecretPolicy": { policy: "resource" },
  "aws:ecr/repositoryPolicy:RepositoryPolicy": { policy: "resource" },
  "aws:ecr/registryPolicy:RegistryPolicy": { policy: "resource" },
  "aws:ecrpublic/repositoryPolicy:RepositoryPolicy": { policy: "resource" },
  "aws:apigateway/restApi:RestApi": { policy: "resource" },
  "aws:apigateway/restApiPolicy:RestApiPolicy": { policy: "resource" },
  "aws:backup/vaultPolicy:VaultPolicy": { policy: "resource" },
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": { policy: "resource" },
  "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": { accessPolicy: "resource" },
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": { policyDocument: "resource" },
  "aws:codeartifact/domainPermissions:DomainPermissions": { policyDocument: "resource" },
  "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy": { policyDocument: "resource" },
  "aws:dynamodb/resourcePolicy:ResourcePolicy": { policy: "resource" },
  "aws:efs/fileSystemPolicy:FileSystemPolicy": { policy: "resource" },
  "aws:elasticsearch/domain:Domain": { accessPolicies: "resource" },
  "aws:elasticsearch/domainPolicy:DomainPolicy": { accessPolicies: "resource" },
  "aws:glacier/vault:Vault": { accessPolicy: "resource" },
  "aws:glue/resourcePolicy:ResourcePolicy": { policy: "resource" },
  "aws:kinesis/resourcePolicy:ResourcePolicy": { policy: "resource" },
  "aws:lambda/resourcePolicy:ResourcePolicy": { policy: "resource" },
  "aws:msk/clusterPolicy:ClusterPolicy": { policy: "resource" },
  "aws:opensearch/domain:Domain": { accessPolicies: "resource" },
  "aws:opensearch/domainPolicy:DomainPolicy": { accessPolicies: "resource" },
  "aws:redshift/resourcePolicy:ResourcePolicy": { policy: "resource" },
  "aws:schemas/registryPolicy:RegistryPolicy": { policy: "resource" },
  "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": { policy: "resource" },
};

/** Documents by the inputs they stand in: a dozen rules read them, each text is parsed once. */
const parsed = new WeakMap<Table, readonly PolicyDocument[]>();

/**
 * Every policy document of a resource.
 *
 * A document that is wholly unknown is left out, not denied: at preview each policy that names the ARN of a new
 * resource is unknown as a whole, and denying it would deny every first deployment. The engine runs resource
 * rules again during `up`, with the text known, before the resource is made. A legible text with markers
 * inside, as the offline plan has it, is judged at once; one with markers that is no JSON is no policy document.
 */
export function documentsOf({ type, inputs }: ResourceRecord): readonly PolicyDocument[] {
  const holder = HOLDERS[type];
  if (holder === undefined) return [];
  const before = parsed.get(inputs);
  if (before !== undefined) return before;
  const documents = Object.entries(holder).flatMap(([property, kind]) =>
    documentIn(inputs[property], property, kind),
  );
  const inline = type === "aws:iam/role:Role" ? listOf(inputs["inlinePolicies"]) : [];
  const all = [
    ...documents,
    ...inline.flatMap((entry) => documentIn(tableOf(entry)["policy"], "inlinePolicies", "identity")),
  ];
  parsed.set(inputs, all);
  return all;
}

/** Statements that allow something, in documents of the given kinds. */
export function allowsOf(resource: ResourceRecord, ...kinds: readonly DocumentKind[]): PolicyStatement[] {
  return documentsOf(resource)
    .filter(({ kind }) => kinds.includes(kind))
    .flatMap(({ statements = [] }) => statements)
    .filter(({ effect }) => effect === "Allow");
}

function documentIn(value: unknown, property: string, kind: DocumentKind): PolicyDocument[] {
  // AWS computes an empty text for policies nobody set.
  if (value === undefined || value === null || value === "") return [];
  const document = typeof value === "string" ? jsonOf(value) : value;
  if (isWhollyUnknown(value)) return [];
  const statement = tableOf(document)["Statement"];
  // AWS takes a single statement in place of a list.
  const list = Array.isArray(statement)
    ? listOf(statement)
    : statement === undefined
      ? undefined
      : [statement];
  return [{ kind, property, statements: list?.map(statementOf) }];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function statementOf(value: unknown, index: number): PolicyStatement {
  const fields = tableOf(value);
  const { Sid: sid, Effect: effect } = fields;
  const principal = fields["Principal"];
  return {
    label: typeof sid === "string" && sid !== "" ? sid : `statement ${String(index + 1)}`,
    // Without an effect AWS refuses the document; judging it as Allow loses nothing.
    effect: typeof effect === "string" ? effect : "Allow",
    actions: textsOf(fields["Action"]),
    notActions: textsOf(fields["NotAction"]),
    resources: textsOf(fields["Resource"]),
    notResources: textsOf(fields["NotResource"]),
    principals:
      typeof principal === "string"
        ? { "*": [principal] }
        : Object.fromEntries(
            Object.entries(tableOf(principal)).map(([kind, names]) => [kind, textsOf(names)]),
          ),
    hasNotPrincipal: fields["NotPrincipal"] !== undefined,
    conditions: Object.fromEntries(
      Object.entries(tableOf(fields["Condition"])).map(([operator, keys]) => [
        operator,
        Object.fromEntries(Object.entries(tableOf(keys)).map(([key, values]) => [key, textsOf(values)])),
      ]),
    ),
  };
}

/** AWS takes one value in place of a list everywhere, and booleans in place of texts. */
function textsOf(value: unknown): string[] {
  const values = Array.isArray(value) ? listOf(value) : value === undefined ? [] : [value];
  return values.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
}

/** Every condition key of a statement, in lower case: IAM does not tell the cases apart. */
export function conditionKeys({ conditions }: PolicyStatement): string[] {
  return Object.values(conditions).flatMap((keys) => Object.keys(keys).map((key) => key.toLowerCase()));
}
