import type { Ask, AwsAnswer, AwsRequest, Imitation } from "./aws-proxy.ts";
import { formOf, itemsOf, listOf, operationOf, serviceOf, textOf, withForm } from "./aws-query.ts";

/** What EC2 does and moto does not, for requests of spot instances. */
export class SpotRequests implements Imitation {
  readonly what =
    "`DescribeSpotInstanceRequests` filters by `type` and says under which instance profile a request launches.";
  readonly source = "EC2 API Reference: DescribeSpotInstanceRequests, LaunchSpecification";
  readonly #profiles = new Map<string, string>();

  answer(request: AwsRequest, ask: Ask): Promise<AwsAnswer> | undefined {
    if (serviceOf(request) !== "ec2") return undefined;
    const operation = operationOf(request);
    if (operation === "RequestSpotInstances") return this.#note(request, ask);
    return operation === "DescribeSpotInstanceRequests" ? this.#describe(request, ask) : undefined;
  }

  async #note(request: AwsRequest, ask: Ask): Promise<AwsAnswer> {
    const answer = await ask(request);
    const profile = formOf(request)?.get("LaunchSpecification.IamInstanceProfile.Name") ?? undefined;
    const id = textOf(answer.body, "spotInstanceRequestId");
    if (id !== undefined && profile !== undefined) this.#profiles.set(id, profile);
    return answer;
  }

  async #describe(request: AwsRequest, ask: Ask): Promise<AwsAnswer> {
    const form = formOf(request) ?? new URLSearchParams();
    const index = [1, 2, 3].map(String).find((one) => form.get(`Filter.${one}.Name`) === "type");
    const types = index === undefined ? [] : listOf(form, `Filter.${index}.Value`);
    // A filter that every request passes, in place of the one that moto does not know.
    if (index !== undefined) {
      for (const key of [...form.keys()]) if (key.startsWith(`Filter.${index}.`)) form.delete(key);
      form.set(`Filter.${index}.Name`, "state");
      ["open", "active", "closed", "cancelled", "failed", "disabled"].forEach((state, at) => {
        form.set(`Filter.${index}.Value.${String(at + 1)}`, state);
      });
    }
    const answer = await ask(withForm(request, form));
    const body = itemsOf(answer.body, "spotInstanceRequestSet", "item").reduce((xml, item) => {
      if (types.length > 0 && !types.includes(textOf(item, "type") ?? ""))
        return xml.replace(`<item>${item}</item>`, "");
      const profile = this.#profiles.get(textOf(item, "spotInstanceRequestId") ?? "");
      if (profile === undefined) return xml;
      return xml.replace(
        item,
        item.replace(
          "<launchSpecification>",
          `<launchSpecification><iamInstanceProfile><name>${profile}</name></iamInstanceProfile>`,
        ),
      );
    }, answer.body);
    return { ...answer, body };
  }
}
