import { fold } from "../text/fold.ts";
import { TextMarks } from "../text/text-marks.ts";
import { isSharedMailbox } from "../normalise/blank.ts";
import { codeOf, gtinOf } from "../normalise/product-code.ts";
import { taxIdOf } from "../normalise/tax-id.ts";
import { isBlank } from "../normalise/blank.ts";
import type { AuditEntity, Meaning } from "./columns.ts";
import type { AuditRecord, Fault } from "./record.ts";

/** Values that one record of a list has at most, by entity. */
const uniqueOf: { readonly [entity in AuditEntity]?: readonly Meaning[] } = {
  accounts: ["number", "tax"],
  contacts: ["mail"],
  products: ["sku", "gtin"],
  quotes: ["number"],
  orders: ["number"],
  invoices: ["number"],
};

/** Whether one record of a list has a value of this meaning at most. */
export function isUnique(entity: AuditEntity, meaning: Meaning): boolean {
  return meaning === "id" || uniqueOf[entity]?.includes(meaning) === true;
}

/** What is the same of two values that ought to be one record's. "" for what names nobody. */
function keyOf(meaning: Meaning, value: string): string {
  if (value === "" || isBlank(value)) return "";
  switch (meaning) {
    case "mail": {
      const mail = value.toLowerCase();
      return isSharedMailbox(mail.split("@")[0] ?? "") ? "" : mail;
    }
    case "tax":
      return taxIdOf(value).id;
    case "gtin":
      return gtinOf(value);
    default:
      return codeOf(fold(value));
  }
}

/** The ids and keys of a list, as far as they have been seen. */
export interface Keys {
  /** Faults of a record beside those before it: an id or a key that is taken. */
  readonly note: (record: AuditRecord) => readonly Fault[];
  readonly has: (id: string) => boolean;
  /** Bytes of memory that they take, about. */
  readonly bytes: () => number;
}

/** Bytes of memory that a text takes as the key of a map, about. */
export const keyBytes = 128;

/** Keeps unique values, one entry each, and of ids only which were there. Never throws. */
export function keepKeys(): Keys {
  const ids = new TextMarks();
  const keys = new Map<string, string>();
  return {
    has: (id) => ids.has(id),
    bytes: () => ids.bytes + keys.size * keyBytes,
    note: (record) => {
      const { list, at, id } = record;
      const faults: Fault[] = [];
      const own = at("id");
      const field = list.columns.find(({ meaning }) => meaning === "id")?.name ?? "";
      if (own !== "" && !ids.add(own))
        faults.push({ rule: "id-twice", field, value: own, says: "an earlier record has it already" });
      for (const meaning of uniqueOf[list.entity] ?? []) {
        const value = at(meaning);
        // Documents and records without an id are known by their number, also by one such as 99.
        if (value !== "" && (meaning === "number" || meaning === "sku")) ids.add(value);
        const key = keyOf(meaning, value);
        if (key === "") continue;
        const first = keys.get(`${meaning} ${key}`);
        if (first === undefined) keys.set(`${meaning} ${key}`, id);
        else if (first !== id || own === "")
          faults.push({
            ...{ rule: "key-twice", value, says: `${first} has the same` },
            field: list.columns.find((column) => column.meaning === meaning)?.name ?? "",
            other: { side: list.side, id: first, value },
          });
      }
      return faults;
    },
  };
}

/** Which list a reference leads to. */
export const referenceLists: { readonly [meaning in Meaning]?: readonly AuditEntity[] } = {
  account: ["accounts"],
  contact: ["contacts"],
  product: ["products"],
  order: ["orders", "invoices", "quotes"],
};

/** A fault with the record that has it. */
interface PlacedFault extends Fault {
  readonly id: string;
  readonly row: number;
}

/** The tree of a list: who is whose parent. */
export interface Tree {
  readonly note: (record: AuditRecord) => void;
  /** Parents that are not there and circles of parents, once all records were noted. */
  readonly faults: (has: (id: string) => boolean) => readonly PlacedFault[];
  /** How many parents are held. */
  readonly count: () => number;
}

/** Keeps the parents of a list. A circle is told once for each of its records, and never followed. */
export function keepTree(): Tree {
  const parents = new Map<string, { readonly parent: string; readonly row: number }>();
  let field = "";
  return {
    count: () => parents.size,
    note: ({ at, id, row, list }) => {
      const parent = at("parent");
      if (parent === "") return;
      field = list.columns.find(({ meaning }) => meaning === "parent")?.name ?? "";
      parents.set(id, { parent, row });
    },
    faults: (has) => {
      const circles = circlesOf(parents);
      return [...parents].flatMap(([id, { parent, row }]): readonly PlacedFault[] => {
        const circle = circles.get(id);
        if (circle !== undefined)
          return [{ ...{ rule: "cycle", field, value: parent, id, row }, says: circle }];
        if (has(parent)) return [];
        return [
          {
            ...{ rule: "orphan", field, value: parent, id, row },
            says: `${field} ${parent} is not there`,
          },
        ];
      });
    },
  };
}

/** Ids told of a circle; longer ones are cut. */
const toldMax = 6;

function circlesOf(parents: ReadonlyMap<string, { readonly parent: string }>): ReadonlyMap<string, string> {
  const circles = new Map<string, string>();
  const done = new Set<string>();
  for (const start of parents.keys()) {
    const path: string[] = [];
    const places = new Map<string, number>();
    let at: string | undefined = start;
    while (at !== undefined && !done.has(at) && !places.has(at)) {
      places.set(at, path.length);
      path.push(at);
      at = parents.get(at)?.parent;
    }
    const from = at === undefined ? undefined : places.get(at);
    if (from !== undefined) {
      const circle = path.slice(from);
      const more = circle.length > toldMax ? ` > ... ${circle.length} in all` : "";
      for (const [place, id] of circle.entries()) {
        const turned = [...circle.slice(place), ...circle.slice(0, place)];
        circles.set(id, `${turned.slice(0, toldMax).join(" > ")}${more} > ${id}`);
      }
    }
    for (const id of path) done.add(id);
  }
  return circles;
}
