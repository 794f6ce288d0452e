import type { StepSpec } from "./operation-language.ts";
import type { DescriptionProblem } from "./problem.ts";
import { isNamed } from "./quote-to-order.ts";
import { isZone } from "./stamps.ts";
import { variablesOf } from "./template.ts";
import { isList, isMap, textOf } from "./wire.ts";
import type { Json, JsonMap } from "./wire.ts";

/** What the keys of `operations` must have to do with each other, and with the entities they rest on. */

type Problems = DescriptionProblem[];
type Entities = { readonly [entity: string]: JsonMap };

const mapAt = (map: JsonMap, key: string): JsonMap | undefined => {
  const value = map[key];
  return isMap(value) ? value : undefined;
};
const has = (map: JsonMap, key: string): boolean => map[key] !== undefined;
const variable = (name: string): string => `\${${name}}`;

/** Rules of `operations`; entities are those after `defaults` were laid under them. */
export function operationProblems(description: JsonMap, entities: Entities): readonly DescriptionProblem[] {
  const operations = mapAt(description, "operations");
  if (operations === undefined) return [];
  const found: Problems = [];
  const zone = mapAt(operations, "days")?.["zone"];
  if (typeof zone === "string" && !isZone(zone))
    found.push({
      path: "operations.days.zone",
      problem: "is no time zone; write a name such as Europe/Berlin",
    });
  for (const name of ["price", "availability", "credit"]) {
    const spec = mapAt(operations, name);
    if (spec === undefined) continue;
    if (name !== "credit") checkRows(spec, `operations.${name}`, found);
    checkBefore(spec, `operations.${name}`, found);
  }
  checkPrice(mapAt(operations, "price"), found);
  checkCredit(mapAt(operations, "credit"), found);
  checkStatus(mapAt(operations, "orderStatus"), entities, found);
  checkWay(mapAt(operations, "quoteToOrder"), entities, found);
  checkTests(operations, "operations", found);
  return found;
}

/** Variables of the request itself, without those of the requests before it and of the rows in `lines`. */
function usedIn(spec: JsonMap): readonly string[] {
  return variablesOf(["path", "query", "headers", "body"].map((key) => spec[key] ?? null));
}

function checkRows(spec: JsonMap, path: string, found: Problems): void {
  const used = usedIn(spec);
  const isTogether = used.includes("lines") || used.includes("products");
  if (used.includes("lines") !== has(spec, "line")) {
    const problem = has(spec, "line")
      ? `is said, but the request does not use ${variable("lines")}; add it to body`
      : `is missing; say what one row looks like in ${variable("lines")}`;
    found.push({ path: `${path}.line`, problem });
  }
  const rowNames = ["product", "quantity", "unit", "index"].filter((name) => used.includes(name));
  if (isTogether) {
    if (!has(spec, "rows"))
      found.push({ path: `${path}.rows`, problem: "is missing; say where the rows of the answer stand" });
    if (rowNames.length > 0) {
      const problem = `uses ${variable(rowNames[0] ?? "")} beside all rows; write it in line`;
      found.push({ path, problem });
    }
  } else {
    if (!rowNames.includes("product")) {
      const names = ["lines", "products", "product"].map(variable).join(" or ");
      found.push({ path, problem: `needs ${names}; say what is asked for` });
    }
    for (const key of ["rows", "match", "split", "limit"].filter((each) => has(spec, each)))
      found.push({
        path: `${path}.${key}`,
        problem: "is for all rows in one request, and here each is alone",
      });
  }
  const match = mapAt(spec, "match");
  if (match?.["to"] === "index" && has(spec, "line") && !variablesOf(spec["line"] ?? null).includes("index"))
    found.push({ path: `${path}.match`, problem: `needs ${variable("index")} in line, or nothing tells it` });
}

function checkPrice(price: JsonMap | undefined, found: Problems): void {
  if (price === undefined) return;
  const path = "operations.price";
  const totals = price["totals"];
  const used = usedIn(price);
  if (totals === "sum" && !has(price, "tax"))
    found.push({
      path: `${path}.tax`,
      problem: "is missing; totals: sum needs the amount of each line's taxes",
    });
  if (isMap(totals) && Object.keys(totals).length < 2)
    found.push({ path: `${path}.totals`, problem: "needs two of net, tax, gross" });
  if (isMap(totals) && !used.includes("lines") && !used.includes("products"))
    found.push({
      path: `${path}.totals`,
      problem: "has no common answer, each line being asked alone; write sum",
    });
  if (mapAt(price, "match")?.["many"] === true)
    found.push({ path: `${path}.match.many`, problem: "is for availability; a line has one price" });
}

function checkCredit(credit: JsonMap | undefined, found: Problems): void {
  if (credit === undefined) return;
  const told = ["openOrders", "openInvoices", "exposure"].filter((key) => has(credit, key));
  if (told.length < 2)
    found.push({ path: "operations.credit", problem: "needs two of openOrders, openInvoices, exposure" });
  if (has(credit, "stops") && credit["refuses"] !== "confirm")
    found.push({ path: "operations.credit.stops", problem: "needs refuses: confirm; leave it out" });
}

/** Names of requests that go before: declared, and above whoever uses their answers. */
function checkBefore(spec: JsonMap, path: string, found: Problems): void {
  const known: string[] = [];
  const check = (value: Json, at: string): void => {
    const used = new Set(
      [...variablesOf(value), ...pathsIn(value)].filter((each) => each.startsWith("before.")),
    );
    for (const name of used) {
      const head = name.split(".")[1] ?? "";
      if (!known.includes(head))
        found.push({
          path: at,
          problem: `uses ${name}, and no request of that name goes before; see before`,
        });
    }
  };
  for (const [name, request] of Object.entries(mapAt(spec, "before") ?? {})) {
    check(request, `${path}.before.${name}`);
    known.push(name);
  }
  const { before: _before, ...own } = spec;
  check(own, path);
}

/** All texts, for those that are paths into an answer of a request before. */
function pathsIn(value: Json): readonly string[] {
  if (typeof value === "string") return [value];
  if (isList(value)) return value.flatMap(pathsIn);
  return isMap(value) ? Object.values(value).flatMap(pathsIn) : [];
}

function needsEntity(
  at: { readonly entities: Entities; readonly path: string },
  entity: string,
  found: Problems,
): void {
  const spec = at.entities[entity];
  if (spec !== undefined && (has(spec, "get") || has(spec, "getMany"))) return;
  found.push({ path: at.path, problem: `needs entities.${entity} with get or getMany, by which it is read` });
}

function checkStatus(status: JsonMap | undefined, entities: Entities, found: Problems): void {
  if (status === undefined) return;
  const path = "operations.orderStatus";
  needsEntity({ entities, path }, "orders", found);
  const shipments = mapAt(status, "shipments");
  if (shipments === undefined) return;
  if (has(shipments, "open") !== has(shipments, "lines"))
    found.push({ path: `${path}.shipments`, problem: "needs open and lines together, or none of them" });
  if (has(shipments, "open") && !has(shipments, "plannedDate"))
    found.push({ path: `${path}.shipments.plannedDate`, problem: "is missing; it is what is promised" });
  if (!has(shipments, "path")) return;
  const used = usedIn(shipments);
  if (!has(shipments, "max"))
    found.push({ path: `${path}.shipments.max`, problem: "is missing; say how many rows count as cut off" });
  if (!used.includes("id") && !used.includes("ids"))
    found.push({
      path: `${path}.shipments`,
      problem: `needs ${variable("id")} or ${variable("ids")}; say whose shipments are asked for`,
    });
  if (used.includes("ids") && !has(shipments, "parent"))
    found.push({
      path: `${path}.shipments.parent`,
      problem: "is missing; say where a shipment names its order",
    });
}

function checkWay(way: JsonMap | undefined, entities: Entities, found: Problems): void {
  if (way === undefined) return;
  const path = "operations.quoteToOrder";
  needsEntity({ entities, path }, "quotes", found);
  if (has(way, "orderNumber")) needsEntity({ entities, path: `${path}.orderNumber` }, "orders", found);
  if (!["ordered", "order", "find"].some((key) => has(way, key)))
    found.push({ path, problem: "needs ordered, order or find; say how one sees that there is an order" });
  if (has(way, "order") && has(way, "find"))
    found.push({ path: `${path}.find`, problem: "is said beside order; one of them is enough" });
  const steps = way["steps"];
  for (const [index, step] of (isList(steps) ? steps : []).entries())
    if (isMap(step)) checkStep(step, { path: `${path}.steps.${index}`, quotes: entities["quotes"] }, found);
}

function checkStep(
  step: JsonMap,
  at: { readonly path: string; readonly quotes: JsonMap | undefined },
  found: Problems,
): void {
  const { path } = at;
  if (has(step, "via") === has(step, "closed")) {
    found.push({ path, problem: "needs via or closed, and not both" });
    return;
  }
  if (has(step, "closed")) return;
  const offered = at.quotes?.["transitions"];
  const transitions = (isList(offered) ? offered : []).filter(isMap).map((each) => ({
    from: textOf(each["from"]) ?? "",
    to: textOf(each["to"]) ?? "",
    via: textOf(each["via"]) ?? "",
  }));
  const fitting = transitions.filter((each) => isNamed(each, step as unknown as StepSpec));
  if (fitting.length === 1) return;
  const known = [...new Set(transitions.map(({ via }) => via))].join(", ");
  const problem =
    fitting.length === 0
      ? `is no transition of quotes; known: ${known === "" ? "none" : known}`
      : "is the name of several transitions of quotes; say from and to";
  found.push({ path: `${path}.via`, problem });
}

const conditionKeys = ["when", "refused", "isStocked", "noLimit", "stops", "isDelivered", "open", "ordered"];

/** A condition without a test holds for everything. */
function checkTests(value: Json, path: string, found: Problems): void {
  if (isList(value)) for (const [index, one] of value.entries()) checkTests(one, `${path}.${index}`, found);
  if (!isMap(value)) return;
  for (const [key, one] of Object.entries(value)) {
    if (
      conditionKeys.includes(key) &&
      isMap(one) &&
      !["in", "exists", "startsWith"].some((test) => has(one, test))
    )
      found.push({ path: `${path}.${key}`, problem: "holds for everything; say in, exists or startsWith" });
    checkTests(one, `${path}.${key}`, found);
  }
}
