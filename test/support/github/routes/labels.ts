import { z } from "zod";
import { created, invalid, NO_CONTENT, ok, pages } from "../answers.ts";
import { found, type Call, type Routes } from "../call.ts";
import type { Label, Repository } from "../state-types.ts";
import { labelView } from "../views.ts";

const label = z.object({
  name: z.string(),
  color: z.string().regex(/^[0-9a-f]{6}$/i),
  description: z.string().nullable().optional(),
});

export const LABEL_ROUTES: Routes = {
  "GET /repos/{owner}/{repo}/labels": (call) => {
    const repository = call.repository();
    return pages([...repository.labels.values()].map((one) => labelView(call.url, repository, one)));
  },
  "POST /repos/{owner}/{repo}/labels": (call) => {
    const repository = call.repository();
    const { name, color, description = null } = call.read(label.partial({ color: true }));
    if (find(repository, name) !== undefined)
      throw invalid("Validation Failed", [{ resource: "Label", code: "already_exists", field: "name" }]);
    const made: Label = { id: call.state.id(), name, color: color ?? "ededed", description, default: false };
    repository.labels.set(name, made);
    return created(labelView(call.url, repository, made));
  },
  "GET /repos/{owner}/{repo}/labels/{name}": (call) => {
    const repository = call.repository();
    return ok(labelView(call.url, repository, named(call, repository)));
  },
  "PATCH /repos/{owner}/{repo}/labels/{name}": (call) => {
    const repository = call.repository();
    const one = named(call, repository);
    const {
      new_name: name,
      color,
      description,
    } = call.read(label.partial().extend({ new_name: z.string().optional() }));
    repository.labels.delete(one.name);
    if (name !== undefined) one.name = name;
    if (color !== undefined) one.color = color;
    if (description !== undefined) one.description = description;
    repository.labels.set(one.name, one);
    return ok(labelView(call.url, repository, one));
  },
  "DELETE /repos/{owner}/{repo}/labels/{name}": (call) => {
    const repository = call.repository();
    repository.labels.delete(named(call, repository).name);
    return NO_CONTENT;
  },
};

/** Labels are told apart without regard to case. */
function find(repository: Repository, name: string): Label | undefined {
  return [...repository.labels.values()].find((one) => one.name.toLowerCase() === name.toLowerCase());
}

function named(call: Call, repository: Repository): Label {
  return found(find(repository, call.parameter("name")));
}
