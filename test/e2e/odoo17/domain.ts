import type { At } from "./database.ts";
import { follow, followAll, look } from "./look.ts";
import { invalidField, valueError } from "./refusal.ts";
import { isList } from "./values.ts";
import type { Json, Row } from "./values.ts";

type Test = (row: Row) => boolean;

/** The rows of a model that a domain finds, by id; those put away only where the context asks for them. */
export function search(at: At, model: string, domain: Json): readonly Row[] {
  const fits = testOf(at, model, domain);
  const terms = isList(domain) ? domain : [];
  const hasActive = terms.some((term) => isList(term) && term[0] === "active");
  const isHiding =
    at.db.fieldsOf(model).has("active") && at.tx.context["active_test"] !== false && !hasActive;
  return at.db.rows(model).filter((row) => (!isHiding || row["active"] === true) && fits(row));
}

/** A domain in prefix notation: terms that stand side by side are all to hold. */
function testOf(at: At, model: string, domain: Json): Test {
  const rest = [...(isList(domain) ? domain : [])];
  const take = (): Test => {
    const term = rest.shift();
    if (term === "|" || term === "&") {
      const [left, right] = [take(), take()];
      return term === "|" ? (row) => left(row) || right(row) : (row) => left(row) && right(row);
    }
    if (term === "!") {
      const inner = take();
      return (row) => !inner(row);
    }
    if (!isList(term) || typeof term[0] !== "string") throw valueError("Domain() invalid item in domain");
    const [path, operator, wanted = null] = term;
    if (typeof operator !== "string") throw valueError("Domain() invalid item in domain");
    return (row) => holds(at, { model, row, path: path.split(".") }, [operator, wanted]);
  };
  const tests: Test[] = [];
  while (rest.length > 0) tests.push(take());
  return (row) => tests.every((test) => test(row));
}

interface Place {
  readonly model: string;
  readonly row: Row;
  readonly path: readonly string[];
}

const negative = new Set(["!=", "not in", "not ilike"]);

function holds(at: At, { model, row, path }: Place, [operator, wanted]: readonly [string, Json]): boolean {
  const [name = "", ...further] = path;
  const field = at.db.fieldsOf(model).get(name);
  if (field === undefined) throw invalidField(model, name);
  if (further.length > 0) {
    const step = { model: field.to, path: further };
    const rows = field.type === "many2one" ? [follow(at, model, row, name)] : followAll(at, model, row, name);
    const found = rows.filter((each) => each !== undefined);
    const some = found.some((each) => holds(at, { ...step, row: each }, [operator, wanted]));
    return some || (found.length === 0 && negative.has(operator));
  }
  const value = look(at, model, row, name);
  if (isList(value)) {
    if (negative.has(operator)) return !matchesMany(value, wanted);
    return matchesMany(value, wanted);
  }
  return matches(value, [operator, wanted], field.type);
}

/** Whether one of the ids is wanted; `false` stands for none at all. */
function matchesMany(ids: readonly Json[], wanted: Json): boolean {
  const list = isList(wanted) ? wanted : [wanted];
  return list.some((each) => (each === false ? ids.length === 0 : ids.includes(each)));
}

const isNothing = (value: Json): boolean => value === false || value === null;

function matches(value: Json, [operator, wanted]: readonly [string, Json], type: string): boolean {
  const isStamp = type === "datetime";
  const same = (other: Json): boolean => {
    if (isNothing(other)) return isNothing(value) || (type === "boolean" && value === false);
    return isStamp && typeof other === "string" ? padded(value) === padded(other) : value === other;
  };
  switch (operator) {
    case "=":
      return same(wanted);
    case "!=":
      return !same(wanted);
    case "in":
      return isList(wanted) && wanted.some(same);
    case "not in":
      return isList(wanted) && !wanted.some(same);
    case "ilike":
    case "=ilike":
    case "=like":
      return like(value, operator, typeof wanted === "string" ? wanted : "");
    default:
      return compares(isStamp ? padded(value) : value, operator, isStamp ? padded(wanted) : wanted);
  }
}

/** A stamp keeps microseconds; one that is said in seconds stands for their begin. */
const padded = (value: Json): Json =>
  typeof value !== "string" ? value : (value.includes(".") ? value : `${value}.`).padEnd(26, "0");

function compares(value: Json, operator: string, wanted: Json): boolean {
  if (isNothing(value) || isNothing(wanted)) return false;
  const [left, right] = [value as number | string, wanted as number | string];
  if (operator === "<") return left < right;
  if (operator === ">") return left > right;
  if (operator === "<=") return left <= right;
  if (operator === ">=") return left >= right;
  throw valueError(`Invalid operator ${operator}`);
}

function like(value: Json, operator: string, wanted: string): boolean {
  if (typeof value !== "string") return false;
  const pattern = wanted
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
  const flags = operator === "=like" ? "s" : "is";
  return new RegExp(operator === "ilike" ? pattern : `^${pattern}$`, flags).test(value);
}
