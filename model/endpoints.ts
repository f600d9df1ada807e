/**
 * How private hosts reach the AWS services that their programs call: an interface endpoint by its
 * service name, a free gateway endpoint, or the NAT gateway where AWS offers no endpoint. A test
 * derives the list of services from the host programs' own imports.
 */
export type EndpointKind = "interface" | "gateway" | "nat";

export const SERVICE_ENDPOINTS = {
  s3: "gateway",
  dynamodb: "gateway",
  ssm: "interface",
  ssmmessages: "interface",
  secretsmanager: "interface",
  "bedrock-runtime": "interface",
  autoscaling: "interface",
  // Route 53's control plane has an endpoint in us-east-1 only.
  "route-53": "nat",
} as const satisfies Record<string, EndpointKind>;

export type ServiceName = keyof typeof SERVICE_ENDPOINTS;
