import { z } from "zod";
import { numberOf } from "../../../model/inputs.ts";
import { isUnknown, type ResourceRecord } from "../../../model/resource.ts";
import { TAGS } from "../../../model/tags.ts";
import { ResourceIndex } from "../../../pricing/resource-index.ts";
import { stackRule } from "../../rule.ts";
import { inWords } from "../../words.ts";
import { GROUP, hostsOf, hostTag } from "./hosts.ts";

export const scheduleOrLease = stackRule({
  name: "schedule-or-lease",
  level: "mandatory",
  why: "An on-demand slot that nothing ends runs through the night: 24 hours for 8 hours of work.",
  fix: `give the group scheduled actions that start and stop it, or the tag ${TAGS.hoursPerDay} below 24, or set parameters.schedule-or-lease.allDay: true`,
  parameters: z.strictObject({
    allDay: z.boolean().default(false).describe("Allow on-demand slots that run all day."),
  }),
  *checkStack(resources, { parameters }) {
    if (parameters.allDay) return;
    const index = new ResourceIndex(resources);
    for (const group of hostsOf(resources)) {
      const life = hostTag(group, TAGS.life);
      if (group.type !== GROUP || (life !== "on-demand" && !isUnknown(life))) continue;
      const schedules = index.schedulesOf(group);
      if (schedules.some(starts) && schedules.some(stops)) continue;
      const tag = hostTag(group, TAGS.hoursPerDay);
      const hours = isUnknown(tag) ? undefined : numberOf(tag);
      if (hours !== undefined && hours >= 0 && hours < 24) continue;
      yield {
        urn: group.urn,
        message: `no schedule starts and stops it, and its planned hours a day are ${inWords(tag)}`,
      };
    }
  },
});

function starts({ inputs }: ResourceRecord): boolean {
  return (numberOf(inputs["desiredCapacity"]) ?? 0) > 0 || (numberOf(inputs["minSize"]) ?? 0) > 0;
}

function stops({ inputs }: ResourceRecord): boolean {
  return numberOf(inputs["desiredCapacity"]) === 0 || numberOf(inputs["maxSize"]) === 0;
}
