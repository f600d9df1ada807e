import type { ResourceRecord } from "../model/resource.ts";

/**
 * Resource types known to cost money that the estimate cannot price: one of them in a plan makes the sum a lower
 * bound, which a policy should not let pass in silence. Most are priced by what only an account knows, such as
 * capacity units. A name that ends in "/" or ":" stands for all types below it.
 */
const UNPRICED = [
  // Instances by another door: nothing here tells how many run, or of which type.
  "aws:ec2/fleet:Fleet",
  "aws:ec2/spotFleetRequest:SpotFleetRequest",
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
  "aws:ec2/dedicatedHost:DedicatedHost",
  "aws:ec2/capacityReservation:CapacityReservation",
  "aws:ec2/capacityBlockReservation:CapacityBlockReservation",
  "aws:batch/computeEnvironment:ComputeEnvironment",
  "aws:eks/",
  "aws:ecs/service:Service",
  "aws:ecs/taskSet:TaskSet",
  "aws:ecs/capacityProvider:CapacityProvider",
  "aws:emr/",
  "aws:emrserverless/",
  "aws:lightsail/",
  "aws:gamelift/",
  "aws:apprunner/service:Service",
  "aws:elasticbeanstalk/environment:Environment",
  "aws:imagebuilder/image:Image",
  "aws:cloud9/environmentEC2:EnvironmentEC2",
  "aws:codebuild/fleet:Fleet",
  "aws:codebuild/project:Project",
  "aws:sagemaker/",
  "aws:bedrock/provisionedModelThroughput:ProvisionedModelThroughput",
  "aws:bedrock/customModel:CustomModel",
  "aws:workspaces/workspace:Workspace",
  "aws:workspaces/directory:Directory",
  "aws:appstream/",
  "aws:mwaa/environment:Environment",
  // Data.
  "aws:rds/",
  "aws:docdb/",
  "aws:neptune/",
  "aws:dsql/cluster:Cluster",
  "aws:redshift/cluster:Cluster",
  "aws:redshiftserverless/workgroup:Workgroup",
  "aws:elasticache/",
  "aws:memorydb/",
  "aws:dax/cluster:Cluster",
  "aws:opensearch/",
  "aws:opensearchingest/pipeline:Pipeline",
  "aws:elasticsearch/domain:Domain",
  "aws:cloudsearch/domain:Domain",
  "aws:kendra/index:Index",
  "aws:timestreaminfluxdb/",
  "aws:msk/",
  "aws:mskconnect/connector:Connector",
  "aws:mq/broker:Broker",
  "aws:kinesis/",
  "aws:kinesisanalyticsv2/application:Application",
  "aws:glue/job:Job",
  "aws:glue/crawler:Crawler",
  "aws:dms/replicationInstance:ReplicationInstance",
  "aws:dms/replicationConfig:ReplicationConfig",
  "aws:efs/fileSystem:FileSystem",
  "aws:fsx/",
  "aws:storagegateway/gateway:Gateway",
  "aws:transfer/server:Server",
  "aws:datasync/task:Task",
  "aws:backup/plan:Plan",
  "aws:ecr/repository:Repository",
  // Network.
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:alb/loadBalancer:LoadBalancer",
  "aws:applicationloadbalancing/loadBalancer:LoadBalancer",
  "aws:elb/loadBalancer:LoadBalancer",
  "aws:cloudfront/distribution:Distribution",
  "aws:globalaccelerator/accelerator:Accelerator",
  "aws:apigateway/restApi:RestApi",
  "aws:apigatewayv2/api:Api",
  "aws:ec2transitgateway/transitGateway:TransitGateway",
  "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
  "aws:ec2/vpnConnection:VpnConnection",
  "aws:ec2clientvpn/endpoint:Endpoint",
  "aws:ec2/trafficMirrorSession:TrafficMirrorSession",
  "aws:ec2/vpcIpam:VpcIpam",
  "aws:directconnect/connection:Connection",
  "aws:networkfirewall/firewall:Firewall",
  "aws:networkmanager/coreNetwork:CoreNetwork",
  "aws:vpclattice/service:Service",
  "aws:route53/healthCheck:HealthCheck",
  "aws:route53/resolverEndpoint:ResolverEndpoint",
  "aws:route53domains/",
  // Watching and guarding.
  "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  "aws:synthetics/canary:Canary",
  "aws:grafana/workspace:Workspace",
  "aws:amp/workspace:Workspace",
  "aws:cfg/recorder:Recorder",
  "aws:cloudtrail/trail:Trail",
  "aws:cloudtrail/eventDataStore:EventDataStore",
  "aws:guardduty/detector:Detector",
  "aws:inspector2/enabler:Enabler",
  "aws:macie/",
  "aws:securityhub/account:Account",
  "aws:wafv2/webAcl:WebAcl",
  "aws:shield/subscription:Subscription",
  "aws:acmpca/certificateAuthority:CertificateAuthority",
  "aws:cloudhsmv2/",
  "aws:directoryservice/directory:Directory",
  "aws:kms/customKeyStore:CustomKeyStore",
  // Anything at all, made out of sight.
  "aws:cloudformation/stack:Stack",
  "aws:cloudformation/stackSetInstance:StackSetInstance",
  "aws:cloudcontrol/resource:Resource",
  "aws:servicecatalog/provisionedProduct:ProvisionedProduct",
  "aws:serverlessrepository/cloudFormationStack:CloudFormationStack",
  // Other providers of clouds: the catalogue has no price of theirs.
  "aws-native:",
  "azure:",
  "azure-native:",
  "gcp:",
  "google-native:",
  "digitalocean:",
  "hcloud:",
  "linode:",
  "oci:",
];

const EXACT = new Set(UNPRICED.filter((name) => !/[/:]$/.test(name)));
const PREFIXES = new Set(UNPRICED.filter((name) => /[/:]$/.test(name)));

/** Parts of those services that cost nothing of themselves. */
const FREE_PART =
  /:(\w*(ParameterGroup|SubnetGroup|OptionGroup|SecurityGroup|EventSubscription|RoleAssociation|AccessEntry|Policy|Association|User|Acl))$/;

/** True for a type that costs money and has no price in the estimate. Types nobody listed are taken as free. */
export function isUnpriced(type: string): boolean {
  if (EXACT.has(type)) return true;
  const [provider = "", module = ""] = type.split(/[:/]/);
  if (provider === "pulumi" || FREE_PART.test(type)) return false;
  return PREFIXES.has(`${provider}:`) || PREFIXES.has(`${provider}:${module}/`);
}

/** Resources that cost money and that the estimate leaves out, for the policy that refuses or reports them. */
export function unpricedResources(resources: readonly ResourceRecord[]): readonly ResourceRecord[] {
  return resources.filter(({ type }) => isUnpriced(type));
}
