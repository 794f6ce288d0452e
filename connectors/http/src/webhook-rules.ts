import { mergedWebhook } from "./compile.ts";
import type { DescriptionProblem } from "./problem.ts";
import { variablesOf } from "./template.ts";
import { isMap, textOf } from "./wire.ts";
import type { Json, JsonMap } from "./wire.ts";

const mapAt = (map: JsonMap, key: string): JsonMap | undefined => {
  const value = map[key];
  return isMap(value) ? value : undefined;
};

/** What the keys of `webhook`, over the form that it names, must have to do with each other. */
export function webhookProblems(description: JsonMap): readonly DescriptionProblem[] {
  const webhook = mergedWebhook(description);
  if (webhook === undefined) return [];
  const found: DescriptionProblem[] = [];
  const note = (path: string, problem: string): void => {
    found.push({ path: path === "" ? "webhook" : `webhook.${path}`, problem });
  };
  checkProof(webhook, note);
  if (webhook["id"] === undefined) note("id", "is missing; say where the native id stands in a row");
  const entities = Object.keys(mapAt(description, "entities") ?? {});
  checkEntity(mapAt(webhook, "entity") ?? {}, entities, note);
  return found;
}

type Note = (path: string, problem: string) => void;

function checkProof(webhook: JsonMap, note: Note): void {
  const signature = mapAt(webhook, "signature");
  const token = mapAt(webhook, "token");
  if (signature === undefined && token === undefined && webhook["certificate"] !== true)
    note("", "needs signature or token or certificate; a delivery nobody can prove is never taken");
  for (const [name, rule] of Object.entries({ signature, token })) {
    if (rule !== undefined && rule["secret"] === undefined && webhook["secret"] === undefined)
      note(`${name}.secret`, `is missing; name it as \${secret.NAME}, or two of them while one is changed`);
  }
  if (signature !== undefined && signature["header"] === undefined)
    note("signature.header", "is missing; say header of the signature");
  const places = ["header", "query", "path"].filter((key) => token?.[key] !== undefined);
  if (token !== undefined && places.length !== 1) note("token", "needs one of header, query, path");
  const timestamp = mapAt(webhook, "timestamp");
  if (timestamp !== undefined && timestamp["header"] === undefined)
    note("timestamp.header", "is missing; say its header");
  const signed = variablesOf(signature?.["signs"] ?? "");
  if (signed.includes("timestamp") && timestamp === undefined)
    note("timestamp", "is missing; the signature covers it: say its header");
  if (signature?.["signs"] !== undefined && !signed.includes("body"))
    note("signature.signs", "does not cover the body; whoever sees one delivery could send any other");
}

function checkEntity(entity: JsonMap, entities: readonly string[], note: Note): void {
  const hasPlace = entity["path"] !== undefined || entity["query"] !== undefined;
  if (entity["is"] === undefined && (!hasPlace || entity["values"] === undefined))
    note("entity", "needs path and values, or is");
  const named: readonly Json[] = [
    ...Object.values(mapAt(entity, "values") ?? {}),
    ...(entity["is"] === undefined ? [] : [entity["is"]]),
  ];
  for (const name of named) {
    const text = textOf(name) ?? "";
    if (!entities.includes(text)) note("entity", `names ${text}, which is not among entities`);
  }
}
