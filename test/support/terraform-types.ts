/**
 * What Terraform calls a Pulumi type and how it nests the inputs. Pulumi's AWS provider is made from Terraform's, so
 * most names differ in case alone; this table holds the rest. Source: the Terraform AWS provider's documentation,
 * "Argument Reference" of each type.
 */
export interface TerraformType {
  readonly name: string;
  /**
   * Inputs that Terraform writes as blocks, that is as lists of objects, by camelCase path: `rule.filter`. A path ends
   * in the input's own name also where a list holds it.
   */
  readonly blocks?: readonly string[];
  /** Maps of free keys, which stay as they are; `tags` is one everywhere. */
  readonly maps?: readonly string[];
  /** Inputs whose Terraform name is another than theirs in snake case, by their last name. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** What `arn` looks like, with NAME for the resource's name; only where a plan mentions it. */
  readonly arn?: string;
}

const REGION = "us-west-2:123456789012";

const SECURITY_GROUP: Pick<TerraformType, "blocks"> = { blocks: ["ingress", "egress"] };

/** The types of the stacks and of the resources that are wrong on purpose. */
const TYPES: Readonly<Record<string, TerraformType>> = {
  "aws:autoscaling/group:Group": {
    name: "aws_autoscaling_group",
    blocks: [
      "launchTemplate",
      "tags",
      "mixedInstancesPolicy",
      "mixedInstancesPolicy.instancesDistribution",
      "mixedInstancesPolicy.launchTemplate",
      "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification",
      "mixedInstancesPolicy.launchTemplate.overrides",
    ],
    renamed: { tags: "tag", overrides: "override", vpcZoneIdentifiers: "vpc_zone_identifier" },
    arn: `arn:aws:autoscaling:${REGION}:autoScalingGroup:00000000-0000-0000-0000-000000000000:autoScalingGroupName/NAME`,
  },
  "aws:autoscaling/schedule:Schedule": { name: "aws_autoscaling_schedule" },
  "aws:budgets/budget:Budget": {
    name: "aws_budgets_budget",
    blocks: [
      "costTypes",
      "notifications",
      "filterExpression",
      "filterExpression.ands",
      "filterExpression.ands.not",
      "filterExpression.ands.not.dimensions",
      "filterExpression.ands.ors",
      "filterExpression.ands.ors.dimensions",
    ],
    renamed: { notifications: "notification", ands: "and", ors: "or" },
  },
  "aws:cloudtrail/trail:Trail": { name: "aws_cloudtrail" },
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": { name: "aws_cloudwatch_composite_alarm" },
  "aws:cloudwatch/dashboard:Dashboard": { name: "aws_cloudwatch_dashboard" },
  "aws:cloudwatch/eventRule:EventRule": {
    name: "aws_cloudwatch_event_rule",
    arn: `arn:aws:events:${REGION}:rule/NAME`,
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    name: "aws_cloudwatch_event_target",
    blocks: ["retryPolicy", "deadLetterConfig", "inputTransformer"],
    maps: ["inputTransformer.inputPaths"],
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    name: "aws_cloudwatch_log_group",
    arn: `arn:aws:logs:${REGION}:log-group:NAME`,
  },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
    name: "aws_cloudwatch_log_metric_filter",
    blocks: ["metricTransformation"],
    maps: ["metricTransformation.dimensions"],
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    name: "aws_cloudwatch_metric_alarm",
    blocks: ["metricQueries", "metricQueries.metric"],
    maps: ["dimensions", "metricQueries.metric.dimensions"],
    renamed: { name: "alarm_name", metricQueries: "metric_query" },
    arn: `arn:aws:cloudwatch:${REGION}:alarm:NAME`,
  },
  "aws:dynamodb/table:Table": {
    name: "aws_dynamodb_table",
    blocks: ["attributes", "pointInTimeRecovery", "serverSideEncryption", "ttl"],
    renamed: { attributes: "attribute" },
    arn: `arn:aws:dynamodb:${REGION}:table/NAME`,
  },
  "aws:ebs/volume:Volume": { name: "aws_ebs_volume" },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    name: "aws_default_security_group",
    ...SECURITY_GROUP,
  },
  "aws:ec2/eip:Eip": { name: "aws_eip" },
  "aws:ec2/flowLog:FlowLog": { name: "aws_flow_log" },
  "aws:ec2/instance:Instance": {
    name: "aws_instance",
    blocks: [
      "ebsBlockDevices",
      "maintenanceOptions",
      "metadataOptions",
      "rootBlockDevice",
      "creditSpecification",
      "cpuOptions",
    ],
    maps: ["volumeTags", "rootBlockDevice.tags", "ebsBlockDevices.tags"],
    renamed: { ebsBlockDevices: "ebs_block_device" },
    arn: `arn:aws:ec2:${REGION}:instance/i-0123456789abcdef0`,
  },
  "aws:ec2/internetGateway:InternetGateway": { name: "aws_internet_gateway" },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    name: "aws_launch_template",
    blocks: [
      "blockDeviceMappings",
      "blockDeviceMappings.ebs",
      "cpuOptions",
      "creditSpecification",
      "iamInstanceProfile",
      "metadataOptions",
      "monitoring",
      "networkInterfaces",
      "tagSpecifications",
    ],
    maps: ["tagSpecifications.tags"],
    arn: `arn:aws:ec2:${REGION}:launch-template/lt-0123456789abcdef0`,
  },
  "aws:ec2/natGateway:NatGateway": { name: "aws_nat_gateway" },
  "aws:ec2/route:Route": { name: "aws_route" },
  "aws:ec2/routeTable:RouteTable": { name: "aws_route_table" },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": { name: "aws_route_table_association" },
  "aws:ec2/securityGroup:SecurityGroup": { name: "aws_security_group", ...SECURITY_GROUP },
  "aws:ec2/subnet:Subnet": { name: "aws_subnet" },
  "aws:ec2/vpc:Vpc": { name: "aws_vpc" },
  "aws:ec2/vpcEndpoint:VpcEndpoint": { name: "aws_vpc_endpoint" },
  "aws:iam/instanceProfile:InstanceProfile": {
    name: "aws_iam_instance_profile",
    arn: "arn:aws:iam::123456789012:instance-profile/NAME",
  },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    name: "aws_iam_openid_connect_provider",
    renamed: { clientIdLists: "client_id_list", thumbprintLists: "thumbprint_list" },
    arn: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
  },
  "aws:iam/policy:Policy": { name: "aws_iam_policy", arn: "arn:aws:iam::123456789012:policy/NAME" },
  "aws:iam/role:Role": { name: "aws_iam_role", arn: "arn:aws:iam::123456789012:role/NAME" },
  "aws:iam/rolePolicy:RolePolicy": { name: "aws_iam_role_policy" },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { name: "aws_iam_role_policy_attachment" },
  "aws:kms/alias:Alias": { name: "aws_kms_alias", arn: `arn:aws:kms:${REGION}:alias/NAME` },
  "aws:kms/key:Key": {
    name: "aws_kms_key",
    arn: `arn:aws:kms:${REGION}:key/00000000-0000-0000-0000-000000000000`,
  },
  "aws:lambda/function:Function": {
    name: "aws_lambda_function",
    blocks: [
      "deadLetterConfig",
      "environment",
      "ephemeralStorage",
      "loggingConfig",
      "tracingConfig",
      "vpcConfig",
    ],
    maps: ["environment.variables"],
    renamed: { name: "function_name", code: "filename" },
    arn: `arn:aws:lambda:${REGION}:function:NAME`,
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
    name: "aws_lambda_function_event_invoke_config",
    blocks: ["destinationConfig", "destinationConfig.onFailure", "destinationConfig.onSuccess"],
  },
  "aws:lambda/permission:Permission": {
    name: "aws_lambda_permission",
    renamed: { function: "function_name" },
  },
  "aws:route53/record:Record": {
    name: "aws_route53_record",
    blocks: ["aliases"],
    renamed: { aliases: "alias" },
  },
  "aws:route53/zone:Zone": {
    name: "aws_route53_zone",
    blocks: ["vpcs"],
    renamed: { vpcs: "vpc" },
    arn: "arn:aws:route53:::hostedzone/NAME",
  },
  "aws:s3/bucket:Bucket": { name: "aws_s3_bucket", arn: "arn:aws:s3:::NAME" },
  "aws:s3/bucketAcl:BucketAcl": { name: "aws_s3_bucket_acl" },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    name: "aws_s3_bucket_lifecycle_configuration",
    blocks: [
      "rules",
      "rules.abortIncompleteMultipartUpload",
      "rules.expiration",
      "rules.filter",
      "rules.filter.and",
      "rules.noncurrentVersionExpiration",
      "rules.noncurrentVersionTransitions",
      "rules.transitions",
    ],
    maps: ["rules.filter.and.tags"],
    renamed: {
      rules: "rule",
      noncurrentVersionTransitions: "noncurrent_version_transition",
      transitions: "transition",
    },
  },
  "aws:s3/bucketLogging:BucketLogging": { name: "aws_s3_bucket_logging" },
  "aws:s3/bucketNotification:BucketNotification": { name: "aws_s3_bucket_notification" },
  "aws:s3/bucketObjectv2:BucketObjectv2": { name: "aws_s3_object" },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
    name: "aws_s3_bucket_ownership_controls",
    blocks: ["rule"],
  },
  "aws:s3/bucketPolicy:BucketPolicy": { name: "aws_s3_bucket_policy" },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": { name: "aws_s3_bucket_public_access_block" },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    name: "aws_s3_bucket_server_side_encryption_configuration",
    blocks: ["rules", "rules.applyServerSideEncryptionByDefault"],
    renamed: { rules: "rule" },
  },
  "aws:s3/bucketVersioning:BucketVersioning": {
    name: "aws_s3_bucket_versioning",
    blocks: ["versioningConfiguration"],
  },
  "aws:scheduler/schedule:Schedule": {
    name: "aws_scheduler_schedule",
    blocks: ["flexibleTimeWindow", "target", "target.deadLetterConfig", "target.retryPolicy"],
  },
  "aws:scheduler/scheduleGroup:ScheduleGroup": {
    name: "aws_scheduler_schedule_group",
    arn: `arn:aws:scheduler:${REGION}:schedule-group/NAME`,
  },
  "aws:secretsmanager/secret:Secret": {
    name: "aws_secretsmanager_secret",
    arn: `arn:aws:secretsmanager:${REGION}:secret:NAME-AbCdEf`,
  },
  "aws:secretsmanager/secretPolicy:SecretPolicy": { name: "aws_secretsmanager_secret_policy" },
  "aws:sns/topic:Topic": { name: "aws_sns_topic", arn: `arn:aws:sns:${REGION}:NAME` },
  "aws:sns/topicPolicy:TopicPolicy": { name: "aws_sns_topic_policy" },
  "aws:sns/topicSubscription:TopicSubscription": {
    name: "aws_sns_topic_subscription",
    renamed: { topic: "topic_arn" },
  },
  "aws:sqs/queue:Queue": { name: "aws_sqs_queue", arn: `arn:aws:sqs:${REGION}:NAME` },
  "aws:sqs/queuePolicy:QueuePolicy": { name: "aws_sqs_queue_policy" },
  "aws:ssm/document:Document": { name: "aws_ssm_document", arn: `arn:aws:ssm:${REGION}:document/NAME` },
  "aws:ssm/parameter:Parameter": { name: "aws_ssm_parameter", arn: `arn:aws:ssm:${REGION}:parameter/NAME` },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": { name: "aws_vpc_security_group_egress_rule" },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    name: "aws_vpc_security_group_ingress_rule",
  },
};

/** What an auditor of AWS resources cannot look at: components, the stack, providers, random names, GitHub. */
const OTHERS = ["pulumi:", "random:", "github:"];

export function hasNoTerraformType(type: string): boolean {
  return OTHERS.some((start) => type.startsWith(start)) || /^proving-ground:[^/]*$/.test(type);
}

/** @throws Error where the table lacks the type: an unlisted type would otherwise pass its audit unseen. */
export function terraformType(type: string): TerraformType {
  const found = TYPES[type];
  if (found === undefined) {
    throw new Error(
      `No Terraform type is known for ${type}; the auditors would not see it. Add it to test/support/terraform-types.ts.`,
    );
  }
  return found;
}

/** Terraform's name of an input: `cidrIpv4` is `cidr_ipv4`. */
export function terraformName(type: TerraformType, input: string): string {
  return type.renamed?.[input] ?? input.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
