import type { BedrockClient, FoundationModelSummary } from "@aws-sdk/client-bedrock";
import pLimit from "p-limit";
import type { AwsAccount } from "./aws-account.ts";
import type { Check, Finding } from "./check.ts";

/** Questions at once: Bedrock's control plane throttles early. */
const AT_ONCE = 4;

/** A model, by its provider, and whether this account may call it in this region. */
export interface ModelAccess {
  readonly provider: string;
  readonly usable: boolean;
}

/** Whether any text model can be called where agents use the model API. Which one they use, no setting says. */
export function bedrockCheck(account: AwsAccount): Check {
  return {
    id: "aws.bedrock",
    title: "Model API (Bedrock)",
    side: "aws",
    rights: "bedrock:ListFoundationModels and bedrock:GetFoundationModelAvailability",
    async look() {
      await account.ready();
      const { BedrockClient, ListFoundationModelsCommand } = await import("@aws-sdk/client-bedrock");
      const client = new BedrockClient({ ...account.client, region: account.region });
      // The list comes in one piece: the operation has no pages.
      const { modelSummaries = [] } = await client.send(
        new ListFoundationModelsCommand({ byOutputModality: "TEXT" }),
      );
      const active = modelSummaries.filter(({ modelLifecycle }) => modelLifecycle?.status !== "LEGACY");
      const limit = pLimit(AT_ONCE);
      const models = await Promise.all(
        active.map((model) =>
          limit(async () => ({
            provider: model.providerName ?? "unnamed",
            usable: await isUsable(client, model),
          })),
        ),
      );
      return bedrockFinding(models, account.region);
    },
  };
}

async function isUsable(client: BedrockClient, { modelId }: FoundationModelSummary): Promise<boolean> {
  if (modelId === undefined) return false;
  const { GetFoundationModelAvailabilityCommand, ResourceNotFoundException, ValidationException } =
    await import("@aws-sdk/client-bedrock");
  try {
    // Variants such as `:200k` share the access of their model, and are not asked for by themselves.
    const answer = await client.send(new GetFoundationModelAvailabilityCommand({ modelId }));
    return (
      answer.agreementAvailability?.status === "AVAILABLE" &&
      answer.authorizationStatus === "AUTHORIZED" &&
      answer.entitlementAvailability === "AVAILABLE" &&
      answer.regionAvailability === "AVAILABLE"
    );
  } catch (error) {
    if (error instanceof ResourceNotFoundException || error instanceof ValidationException) return false;
    throw error;
  }
}

export function bedrockFinding(models: readonly ModelAccess[], region: string): Finding {
  const providers = [...new Set(models.map(({ provider }) => provider))].sort();
  const counts = providers.map((provider) => {
    const own = models.filter((model) => model.provider === provider);
    return `${provider} ${String(own.filter(({ usable }) => usable).length)} of ${String(own.length)}`;
  });
  if (models.some(({ usable }) => usable))
    return { status: "ok", found: `text models that can be called in ${region}: ${counts.join(", ")}` };
  return {
    status: "failed",
    found:
      models.length === 0
        ? `Bedrock has no text model in ${region}`
        : `no text model can be called in ${region} (${counts.join(", ")})`,
    fix: `Open the model access page, https://${region}.console.aws.amazon.com/bedrock/home?region=${region}#/modelaccess; models of other makers need their agreement accepted once.`,
  };
}
