import { isWhollyUnknown } from "../../../model/resource.ts";
import { secretsIn } from "../../../model/secret-shapes.ts";
import { resourceRule } from "../../rule.ts";
import { readableTexts } from "../../secret-text.ts";

export const noSecretText = resourceRule({
  name: "no-secret-text",
  level: "mandatory",
  why: "Whoever may describe instances, functions, parameters or tags reads what is written there, and so does every log of the deployment.",
  fix: "keep it in Secrets Manager, let the program read it by role, and replace the one that was written here",
  outside: ["CKV_AWS_45", "CKV_AWS_46", "CKV_AWS_341", "CKV_SECRET_2", "CKV_SECRET_6", "Security Hub SSM.2"],
  *checkResource(resource) {
    for (const { where, text, name } of readableTexts(resource)) {
      // User data that names a new resource is unknown as a whole at preview, and denying it would deny every
      // first deployment: the engine runs this rule again during `up`, with the text, before the resource is made.
      if (isWhollyUnknown(text)) continue;
      const found = secretsIn(text, name);
      // The text itself stays out of the message: verdicts go to logs and comments.
      if (found.length > 0) yield `${where} holds ${found.join(" and ")}`;
    }
  },
});
