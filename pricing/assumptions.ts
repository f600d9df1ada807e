/**
 * What the estimate takes for granted where a plan does not say it. Free tiers are left out throughout, except
 * where one is named below: they belong to an account, and a plan cannot know what else uses them.
 */

/** Hours of a month, as AWS's own calculator counts: 365 × 24 / 12. Every monthly price is spread over them. */
export const HOURS_PER_MONTH = 730;

/** Hours of the day on which everything runs. A day of 25 hours counts as 24: it comes once a year. */
export const HOURS_PER_DAY = 24;

/** gp3 includes 3,000 IOPS and 125 MiB/s; only what is provisioned above is charged. Source: Amazon EBS pricing. */
export const GP3_INCLUDED_IOPS = 3000;
export const GP3_INCLUDED_MIBPS = 125;

/** Volume type of the EC2 interface where none is given. */
export const DEFAULT_VOLUME_TYPE = "gp2";

/** Root volume where neither instance nor launch template names one: that of Amazon Linux 2023 images, GiB. */
export const ROOT_VOLUME_GIB = 8;
export const ROOT_VOLUME_TYPE = "gp3";

/** GB a day into a log group that hosts write to: some hosts at a few lines a second. */
export const LOG_GB_PER_DAY = 0.1;

/** GB a day into a log group of VPC flow logs: ten hosts under test traffic, about 120 bytes a record. */
export const FLOW_LOG_GB_PER_DAY = 0.5;

/** GB a day into the log group of a Lambda function: one call a minute, some kilobytes each. */
export const FUNCTION_LOG_GB_PER_DAY = 0.01;

/** Days that logs are kept where a log group never expires them: a year of growth is charged at once. */
export const LOG_DAYS_WITHOUT_RETENTION = 365;

/** GB a day through a NAT gateway: packages, crates and pushes of a cluster without public addresses. */
export const NAT_GB_PER_DAY = 10;

/** GB a day through one interface VPC endpoint: calls of agents and host programs, no bulk data. */
export const ENDPOINT_GB_PER_DAY = 1;

/** Subnets of an interface endpoint where the plan does not list them: one a zone, three zones at most. */
export const ENDPOINT_SUBNETS = 3;

/** GiB stored in a bucket whose component does not state `expectedGib`. */
export const BUCKET_GIB = 10;

/** Requests a day to one bucket: uploads of builds and runs, and their downloads by every host. */
export const BUCKET_PUTS_PER_DAY = 1_000;
export const BUCKET_GETS_PER_DAY = 10_000;

/** Calls a day of one Lambda function that no schedule calls, one a minute, and seconds of each. */
export const FUNCTION_CALLS_PER_DAY = 1_440;
export const FUNCTION_SECONDS = 5;

/** Seconds of a call by a schedule: the guard asks some twenty regions one after the other. */
export const SCHEDULED_FUNCTION_SECONDS = 15;

/** Memory of a Lambda function that does not state it, MB. Source: AWS Lambda documentation. */
export const FUNCTION_MEMORY_MB = 128;

/** A DynamoDB table of records and leases: GiB kept, and on-demand requests a day. */
export const TABLE_GIB = 1;
export const TABLE_WRITES_PER_DAY = 10_000;
export const TABLE_READS_PER_DAY = 10_000;

/** Requests a day to one queue: some events sent, received and deleted, and looks that find nothing. */
export const QUEUE_REQUESTS_PER_DAY = 5_000;

/** Runs a day of a schedule whose expression is no rate: one a minute. */
export const SCHEDULE_RUNS_PER_DAY = 1_440;

/** Metrics that the guard reads in one look: four kinds of tokens of a few models, for two days. */
export const GUARD_METRICS_READ = 24;

/** Budgets with actions that AWS does not charge for. Source: AWS Budgets pricing. */
export const FREE_BUDGETS_WITH_ACTIONS = 2;

/** Decimal places of every figure given out; displays round further. */
export const DECIMAL_PLACES = 10;
