import type { DescriptionProblem } from "./problem.ts";
import { isZone } from "./stamps.ts";
import { variablesOf } from "./template.ts";
import { webhookProblems } from "./webhook-rules.ts";
import { isList, isMap, textOf } from "./wire.ts";
import type { Json, JsonMap } from "./wire.ts";

/** What the keys of a description must have to do with each other. */

type Problems = DescriptionProblem[];

const mapAt = (map: JsonMap, key: string): JsonMap | undefined => {
  const value = map[key];
  return isMap(value) ? value : undefined;
};

/** A variable as it is written in a template. */
const named = (variable: string): string => `\${${variable}}`;

/** Rules of one entity, after `defaults` were laid under it. */
export function entityProblems(entity: JsonMap, path: string): readonly DescriptionProblem[] {
  const found: Problems = [];
  const list = mapAt(entity, "list");
  const stamped = mapAt(mapAt(entity, "record") ?? {}, "modifiedAt");
  if (list !== undefined)
    checkPaging(list, { path: `${path}.list`, isStamped: stamped !== undefined }, found);
  const ids = mapAt(entity, "ids");
  if (ids !== undefined) checkPaging(ids, { path: `${path}.ids`, isStamped: false }, found);
  checkSince(entity, path, found);
  const id = mapAt(entity, "record")?.["id"];
  if (isMap(id) && (id["path"] === undefined) === (id["join"] === undefined)) {
    found.push({ path: `${path}.record.id`, problem: "needs path, or join" });
  }
  checkWrites(entity, path, found);
  checkBatch(mapAt(entity, "batch"), `${path}.batch`, found);
  checkChildren(mapAt(entity, "with"), `${path}.with`, found);
  checkGone(mapAt(entity, "get"), `${path}.get`, found);
  return found;
}

const neededBy: { readonly [kind: string]: readonly string[] } = {
  cursor: ["cursor"],
  link: [],
  offset: ["offset"],
  page: ["page"],
  keyset: ["last.id", "last.stamp"],
};

function checkPaging(
  list: JsonMap,
  at: { readonly path: string; readonly isStamped: boolean },
  found: Problems,
): void {
  const paging = mapAt(list, "paging");
  if (paging === undefined) return;
  const kind = textOf(paging["kind"]) ?? "none";
  const path = `${at.path}.paging`;
  const used = variablesOf([
    list["path"] ?? "",
    list["query"] ?? {},
    list["body"] ?? {},
    list["headers"] ?? {},
  ]);
  const needed = neededBy[kind] ?? [];
  if (needed.length > 0 && !needed.some((name) => used.includes(name))) {
    const names = needed.map((name) => named(name)).join(" or ");
    found.push({ path, problem: `pages by ${kind}, but no template uses ${names}; add it to query or body` });
  }
  if (
    (kind === "cursor" || kind === "link") &&
    paging["next"] === undefined &&
    paging["header"] === undefined
  ) {
    found.push({ path: `${path}.next`, problem: "is missing; say where the next cursor or link stands" });
  }
  if (paging["walk"] === undefined) return;
  if (kind !== "offset") found.push({ path: `${path}.walk`, problem: "needs kind offset; leave it out" });
  if (!at.isStamped)
    found.push({ path: `${path}.walk`, problem: "needs record.modifiedAt; say it, or leave walk out" });
  if (mapAt(list, "since")?.["start"] === undefined) {
    found.push({
      path: `${at.path}.since.start`,
      problem: "is missing; walk needs a stamp older than all rows",
    });
  }
}

function checkSince(entity: JsonMap, path: string, found: Problems): void {
  for (const section of ["list", "changes"]) {
    const list = mapAt(entity, section);
    if (list === undefined) continue;
    const uses = variablesOf(list).includes("since");
    const isInherited = section === "changes" && variablesOf(mapAt(entity, "list") ?? {}).includes("since");
    if (mapAt(list, "since") !== undefined && !uses && !isInherited) {
      found.push({
        path: `${path}.${section}.since`,
        problem: `is said, but no template uses ${named("since")}; add it`,
      });
    }
    checkZone(mapAt(list, "since"), `${path}.${section}.since.zone`, found);
  }
  checkZone(mapAt(mapAt(entity, "record") ?? {}, "modifiedAt"), `${path}.record.modifiedAt.zone`, found);
}

function checkZone(stamp: JsonMap | undefined, path: string, found: Problems): void {
  const zone = stamp?.["zone"];
  if (typeof zone !== "string" || isZone(zone)) return;
  found.push({ path, problem: "is no time zone; write a name such as Europe/Berlin" });
}

function checkWrites(entity: JsonMap, path: string, found: Problems): void {
  const precondition = mapAt(entity, "precondition");
  if (precondition !== undefined) {
    const ways = ["header", "body", "query"].filter((way) => precondition[way] !== undefined);
    if (ways.length !== 1)
      found.push({ path: `${path}.precondition`, problem: "needs one of header, body, query" });
    if (mapAt(entity, "record")?.["version"] === undefined) {
      found.push({ path: `${path}.record.version`, problem: "is missing; a precondition needs the version" });
    }
  }
  const reference = mapAt(entity, "reference");
  if (entity["probe"] !== undefined && reference?.["field"] === undefined) {
    found.push({
      path: `${path}.reference.field`,
      problem: "is missing; the probe searches it: say where it is stored",
    });
  }
  if (entity["archive"] !== undefined && mapAt(entity, "record")?.["archived"] === undefined) {
    found.push({
      path: `${path}.record.archived`,
      problem: "is missing; say how a record shows that it is archived, or nobody can tell whether it is",
    });
  }
  const transitions = entity["transitions"];
  const creates = entity["create"] !== undefined || mapAt(entity, "batch")?.["create"] !== undefined;
  if (isList(transitions) && transitions.length > 0 && creates && entity["initialStatus"] === undefined) {
    found.push({
      path: `${path}.initialStatus`,
      problem: "is missing; say the canonical status after a create",
    });
  }
}

function checkBatch(batch: JsonMap | undefined, path: string, found: Problems): void {
  if (batch === undefined) return;
  if (batch["create"] === undefined && batch["update"] === undefined) {
    found.push({ path, problem: "needs create or update; say what one write looks like among the rows" });
  }
  if (batch["ok"] === undefined && batch["status"] === undefined) {
    found.push({
      path,
      problem: "needs ok or status; say how a row that went well is told from one that did not",
    });
  }
  if (!variablesOf(batch["body"] ?? "").includes("rows")) {
    found.push({ path: `${path}.body`, problem: `needs ${named("rows")}; say where the writes go` });
  }
}

function checkChildren(children: JsonMap | undefined, path: string, found: Problems): void {
  for (const [root, child] of Object.entries(children ?? {})) {
    if (!isMap(child)) continue;
    const used = variablesOf(child);
    if (used.includes("ids") && child["parent"] === undefined) {
      found.push({
        path: `${path}.${root}.parent`,
        problem: "is missing; say where a child row names its record",
      });
    }
    if (!used.includes("ids") && !used.includes("id")) {
      found.push({
        path: `${path}.${root}`,
        problem: `needs ${named("id")} or ${named("ids")}; say whose children are asked for`,
      });
    }
  }
}

function checkGone(get: JsonMap | undefined, path: string, found: Problems): void {
  const gone = get?.["gone"];
  if (!isList(gone)) return;
  for (const [index, row] of gone.entries()) {
    if (isMap(row) && row["status"] === undefined && row["when"] === undefined) {
      found.push({
        path: `${path}.gone.${index}`,
        problem: "needs status or when, or it would fit every answer",
      });
    }
    if (!isMap(row) || (row["kind"] !== "merged" && row["kind"] !== "converted") || row["into"] !== undefined)
      continue;
    found.push({
      path: `${path}.gone.${index}.into`,
      problem: "is missing; say where the survivor's id stands",
    });
  }
}

const authNeeds: { readonly [kind: string]: readonly string[] } = {
  bearer: ["token"],
  basic: ["user", "password"],
  header: ["headers"],
  oauth2: ["tokenPath", "client", "secret"],
};

/** Rules over the whole description. */
export function crossProblems(description: JsonMap): readonly DescriptionProblem[] {
  const found: Problems = [];
  const auth = mapAt(description, "auth");
  const kind = textOf(auth?.["kind"]) ?? "none";
  for (const key of authNeeds[kind] ?? []) {
    if (auth?.[key] === undefined)
      found.push({ path: `auth.${key}`, problem: `is missing; ${kind} needs it` });
  }
  const limits = mapAt(description, "limits");
  if (limits !== undefined && (limits["requests"] === undefined) !== (limits["windowMs"] === undefined)) {
    found.push({ path: "limits", problem: "needs requests and windowMs together" });
  }
  checkWindows(limits, found);
  found.push(...webhookProblems(description));
  checkConditions(description, "", found);
  return found;
}

/** A limit has a length or days, and a name of its own. */
function checkWindows(limits: JsonMap | undefined, found: Problems): void {
  const names = new Set<string>(limits?.["requests"] === undefined ? [] : ["window"]);
  const windows = limits?.["windows"];
  for (const [index, window] of (isList(windows) ? windows : []).entries()) {
    if (!isMap(window)) continue;
    const path = `limits.windows.${index}`;
    if ((window["windowMs"] === undefined) === (window["zone"] === undefined))
      found.push({ path, problem: "needs either windowMs or zone" });
    checkZone(window, `${path}.zone`, found);
    const name = textOf(window["name"]) ?? "";
    if (names.has(name)) found.push({ path: `${path}.name`, problem: "is the name of another limit" });
    names.add(name);
  }
}

const tests = ["in", "exists", "startsWith"];
const conditionKeys = new Set(["path", "header", ...tests]);

/** A condition is a map that holds nothing but the words of one; it needs a place and a test. */
function checkConditions(value: Json, path: string, found: Problems): void {
  if (isList(value)) {
    for (const [index, one] of value.entries()) checkConditions(one, `${path}.${index}`, found);
    return;
  }
  if (!isMap(value)) return;
  const keys = Object.keys(value);
  const isCondition = keys.some((key) => tests.includes(key)) && keys.every((key) => conditionKeys.has(key));
  if (isCondition && value["path"] === undefined && value["header"] === undefined) {
    found.push({ path, problem: "is a condition without a place; say path or header" });
  }
  for (const [key, one] of Object.entries(value)) {
    if (key !== "mapping") checkConditions(one, path === "" ? key : `${path}.${key}`, found);
  }
}
