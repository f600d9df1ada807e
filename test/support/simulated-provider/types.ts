/**
 * What tells one kind of AWS resource from another. Patterns are filled by `fill`: `{hex}` is 17
 * digits of which the first is 0, `{short}` 8 digits, `{uuid}` a UUID, `{region}`, `{account}`,
 * `{id}`, and every other name a property.
 */
export interface TypeTraits {
  /** Pattern of the id; default: the kind and 17 digits. */
  readonly id?: string;
  /** Pattern of the ARN; default: none. */
  readonly arn?: string;
  /** Properties that cannot change: another value means another resource. Default: `name`. */
  readonly immutable?: readonly string[];
  /** Property the provider names after the resource when the program does not. */
  readonly autoname?: string;
  /** Optional properties that a refresh reports even where the program never set them, as Terraform does for what is not computed. */
  readonly reported?: readonly string[];
  /** Patterns of further outputs. Those the program sets itself stay as set. */
  readonly computed?: Readonly<Record<string, string | number | boolean>>;
  /** AWS refuses to delete it while another resource names its id. */
  readonly heldByUsers?: boolean;
}

export const REGION = "us-west-2";
export const ACCOUNT = "123456789012";

/** EC2's resources look alike: a prefix, 17 digits, an ARN made of both. */
function ec2(prefix: string, kind: string, traits: TypeTraits = {}): TypeTraits {
  return {
    id: `${prefix}-{hex}`,
    arn: `arn:aws:ec2:{region}:{account}:${kind}/{id}`,
    immutable: [],
    ...traits,
  };
}

/** Resources that are known by the name the program gives. */
function named(arn: string | undefined, traits: TypeTraits = {}): TypeTraits {
  const property = traits.autoname ?? "name";
  return {
    id: `{${property}}`,
    ...(arn === undefined ? {} : { arn }),
    immutable: [property],
    autoname: property,
    ...traits,
  };
}

/** A side of a bucket: its id is the bucket's. */
const bucketSide: TypeTraits = { id: "{bucket}", immutable: ["bucket"] };

/**
 * Sources: ids and ARNs from the Service Authorization Reference and the EC2 documentation on
 * resource ids; immutable properties from the AWS provider's schema ("Changes force replacement").
 * A type that is not listed gets the defaults above.
 */
export const TYPES: Readonly<Record<string, TypeTraits>> = {
  "aws:ec2/vpc:Vpc": ec2("vpc", "vpc", {
    immutable: ["cidrBlock"],
    heldByUsers: true,
    computed: { ownerId: "{account}", mainRouteTableId: "rtb-{hex}", defaultSecurityGroupId: "sg-{hex}" },
  }),
  "aws:ec2/subnet:Subnet": ec2("subnet", "subnet", {
    immutable: ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"],
    heldByUsers: true,
    computed: { ownerId: "{account}" },
  }),
  "aws:ec2/internetGateway:InternetGateway": ec2("igw", "internet-gateway", {
    computed: { ownerId: "{account}" },
  }),
  "aws:ec2/natGateway:NatGateway": ec2("nat", "natgateway", {
    immutable: ["subnetId", "allocationId", "connectivityType"],
  }),
  "aws:ec2/eip:Eip": ec2("eipalloc", "elastic-ip", {
    immutable: ["domain"],
    computed: { publicIp: "198.51.100.10", allocationId: "{id}" },
  }),
  "aws:ec2/routeTable:RouteTable": ec2("rtb", "route-table", { immutable: ["vpcId"] }),
  "aws:ec2/route:Route": {
    id: "r-{routeTableId}{short}",
    immutable: ["routeTableId", "destinationCidrBlock"],
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    id: "rtbassoc-{hex}",
    immutable: ["subnetId", "gatewayId"],
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": ec2("vpce", "vpc-endpoint", {
    immutable: ["vpcId", "serviceName", "vpcEndpointType"],
  }),
  "aws:ec2/flowLog:FlowLog": ec2("fl", "vpc-flow-log", {
    immutable: [
      "vpcId",
      "trafficType",
      "logDestination",
      "logDestinationType",
      "iamRoleArn",
      "maxAggregationInterval",
    ],
  }),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ec2("sg", "security-group", { immutable: ["vpcId"] }),
  "aws:ec2/securityGroup:SecurityGroup": ec2("sg", "security-group", {
    immutable: ["name", "description", "vpcId"],
    autoname: "name",
    heldByUsers: true,
    computed: { description: "Managed by Pulumi", ownerId: "{account}" },
  }),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ec2("sgr", "security-group-rule", {
    immutable: ["securityGroupId"],
    computed: { securityGroupRuleId: "{id}" },
  }),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ec2("sgr", "security-group-rule", {
    immutable: ["securityGroupId"],
    computed: { securityGroupRuleId: "{id}" },
  }),
  "aws:ec2/launchTemplate:LaunchTemplate": ec2("lt", "launch-template", {
    immutable: ["name"],
    autoname: "name",
    computed: { latestVersion: 1, defaultVersion: 1 },
  }),
  "aws:ec2/instance:Instance": ec2("i", "instance", {
    immutable: ["ami", "subnetId", "availabilityZone", "keyName", "associatePublicIpAddress"],
    computed: { instanceState: "running", privateIp: "10.0.0.10", publicIp: "198.51.100.20" },
  }),
  "aws:ebs/volume:Volume": ec2("vol", "volume", {
    immutable: ["availabilityZone", "encrypted", "kmsKeyId", "snapshotId"],
  }),

  "aws:autoscaling/group:Group": named(
    "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:{uuid}:autoScalingGroupName/{id}",
    { reported: ["suspendedProcesses"], computed: { healthCheckType: "EC2" } },
  ),
  "aws:autoscaling/schedule:Schedule": {
    id: "{scheduledActionName}",
    arn: "arn:aws:autoscaling:{region}:{account}:scheduledUpdateGroupAction:{uuid}:autoScalingGroupName/{autoscalingGroupName}:scheduledActionName/{id}",
    immutable: ["autoscalingGroupName", "scheduledActionName"],
  },

  "aws:s3/bucket:Bucket": named("arn:aws:s3:::{id}", {
    autoname: "bucket",
    computed: {
      bucketDomainName: "{id}.s3.amazonaws.com",
      bucketRegionalDomainName: "{id}.s3.{region}.amazonaws.com",
      hostedZoneId: "Z3BJ6K6RIION7M",
    },
  }),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketSide,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucketSide,
  "aws:s3/bucketPolicy:BucketPolicy": bucketSide,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketSide,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucketSide,
  "aws:s3/bucketVersioning:BucketVersioning": bucketSide,
  "aws:s3/bucketNotification:BucketNotification": bucketSide,
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    id: "{key}",
    arn: "arn:aws:s3:::{bucket}/{key}",
    immutable: ["bucket", "key"],
    computed: { etag: "{uuid}", versionId: "{short}" },
  },

  "aws:iam/role:Role": named("arn:aws:iam::{account}:role/{id}", {
    immutable: ["name", "path"],
    computed: { uniqueId: "AROA{SHORT}" },
  }),
  "aws:iam/rolePolicy:RolePolicy": { id: "{role}:{name}", immutable: ["name", "role"], autoname: "name" },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    id: "{role}-{short}",
    immutable: ["role", "policyArn"],
  },
  "aws:iam/policy:Policy": named(undefined, {
    id: "arn:aws:iam::{account}:policy/{name}",
    arn: "{id}",
    computed: { policyId: "ANPA{SHORT}" },
  }),
  "aws:iam/instanceProfile:InstanceProfile": named("arn:aws:iam::{account}:instance-profile/{id}", {
    computed: { uniqueId: "AIPA{SHORT}" },
  }),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    id: "arn:aws:iam::{account}:oidc-provider/{short}",
    arn: "{id}",
    immutable: ["url"],
  },

  "aws:kms/key:Key": {
    id: "{uuid}",
    arn: "arn:aws:kms:{region}:{account}:key/{id}",
    immutable: [],
    computed: { keyId: "{id}" },
  },
  "aws:kms/alias:Alias": named("arn:aws:kms:{region}:{account}:{id}"),
  "aws:secretsmanager/secret:Secret": {
    id: "arn:aws:secretsmanager:{region}:{account}:secret:{name}-{suffix}",
    arn: "{id}",
    immutable: ["name"],
    autoname: "name",
  },
  "aws:ssm/parameter:Parameter": named("arn:aws:ssm:{region}:{account}:parameter{id}", {
    computed: { version: 1 },
  }),

  "aws:cloudwatch/logGroup:LogGroup": named("arn:aws:logs:{region}:{account}:log-group:{id}"),
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": named(undefined, { immutable: ["name", "logGroupName"] }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": named("arn:aws:cloudwatch:{region}:{account}:alarm:{id}"),
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
    id: "{alarmName}",
    arn: "arn:aws:cloudwatch:{region}:{account}:alarm:{id}",
    immutable: ["alarmName"],
  },
  "aws:cloudwatch/dashboard:Dashboard": {
    id: "{dashboardName}",
    immutable: ["dashboardName"],
    computed: { dashboardArn: "arn:aws:cloudwatch::{account}:dashboard/{id}" },
  },
  "aws:cloudwatch/eventRule:EventRule": named("arn:aws:events:{region}:{account}:rule/{id}"),
  "aws:cloudwatch/eventTarget:EventTarget": {
    id: "{rule}-{targetId}",
    immutable: ["rule", "targetId"],
    computed: { targetId: "{short}" },
  },

  "aws:sns/topic:Topic": named(undefined, {
    id: "arn:aws:sns:{region}:{account}:{name}",
    arn: "{id}",
    computed: { owner: "{account}" },
  }),
  "aws:sns/topicPolicy:TopicPolicy": { id: "{arn}", immutable: ["arn"] },
  "aws:sns/topicSubscription:TopicSubscription": {
    id: "{topic}:{uuid}",
    arn: "{id}",
    immutable: ["topic", "protocol", "endpoint"],
  },
  "aws:sqs/queue:Queue": named(undefined, {
    id: "https://sqs.{region}.amazonaws.com/{account}/{name}",
    arn: "arn:aws:sqs:{region}:{account}:{name}",
    computed: { url: "{id}" },
  }),
  "aws:sqs/queuePolicy:QueuePolicy": { id: "{queueUrl}", immutable: ["queueUrl"] },

  "aws:lambda/function:Function": named("arn:aws:lambda:{region}:{account}:function:{id}", {
    computed: {
      qualifiedArn: "{arn}:$LATEST",
      version: "$LATEST",
      invokeArn: "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations",
    },
  }),
  "aws:lambda/permission:Permission": {
    id: "{statementId}",
    immutable: ["action", "function", "principal", "sourceArn", "statementId"],
    computed: { statementId: "pulumi-{short}" },
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
    id: "{functionName}",
    immutable: ["functionName"],
  },
  "aws:scheduler/schedule:Schedule": named("arn:aws:scheduler:{region}:{account}:schedule/{id}", {
    id: "{groupName}/{name}",
    immutable: ["name", "groupName"],
    computed: { groupName: "default", state: "ENABLED" },
  }),
  "aws:scheduler/scheduleGroup:ScheduleGroup": named(
    "arn:aws:scheduler:{region}:{account}:schedule-group/{id}",
    { computed: { state: "ACTIVE" } },
  ),
  "aws:dynamodb/table:Table": named("arn:aws:dynamodb:{region}:{account}:table/{id}", {
    immutable: ["name", "hashKey", "rangeKey"],
  }),
  "aws:budgets/budget:Budget": named("arn:aws:budgets::{account}:budget/{name}", {
    id: "{account}:{name}",
    immutable: ["name", "budgetType"],
  }),

  "aws:route53/zone:Zone": {
    id: "Z{SHORT}{SHORT}",
    arn: "arn:aws:route53:::hostedzone/{id}",
    immutable: ["name"],
    heldByUsers: true,
    computed: { zoneId: "{id}" },
  },
  "aws:route53/record:Record": {
    id: "{zoneId}_{name}_{type}",
    immutable: ["zoneId", "name", "type"],
    computed: { fqdn: "{name}" },
  },

  "random:index/randomId:RandomId": {
    id: "{short}",
    immutable: ["byteLength", "keepers", "prefix"],
    computed: { b64Url: "{id}", b64Std: "{id}" },
  },
  "random:index/randomBytes:RandomBytes": { id: "{short}", immutable: ["length", "keepers"] },
  "random:index/randomUuid:RandomUuid": {
    id: "{uuid}",
    immutable: ["keepers"],
    computed: { result: "{id}" },
  },
};
