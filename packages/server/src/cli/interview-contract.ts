import type { Json } from "@crossfoot/kernel";
import { entities, entityNames } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import { switches } from "./interview-questions.ts";

/** One line of a file that an answer made. */
export interface MadeLine {
  readonly path: readonly string[];
  readonly value: Json;
  /** Id of the question whose answer made it. */
  readonly by: string;
}

/** Entities that the answers switch on or off, with the question that did. */
export function switchedBy(
  said: (id: string) => string,
): ReadonlyMap<EntityName, { on: boolean; by: string }> {
  const answered = Object.entries(switches).flatMap(([id, names]) =>
    names.map((name) => [name, { on: said(id) === "yes", by: id }] as const),
  );
  return new Map(answered);
}

/** What the answers say of the contract, beyond its defaults, in the order of the file. */
export function contractLines(said: (id: string) => string): readonly MadeLine[] {
  return [...signerLines(said), ...periodLines(said), ...accountLines(said)];
}

function signerLines(said: (id: string) => string): readonly MadeLine[] {
  return ["Sales", "Finance", "Operations"].map((department, index): MadeLine => {
    const by = `${department.toLowerCase()}.signer`;
    const role = said(by);
    return {
      path: ["signers", String(index)],
      value: role === "" ? { department } : { department, role },
      by,
    };
  });
}

function periodLines(said: (id: string) => string): readonly MadeLine[] {
  const by = "finance.closed";
  return said(by) === "" ? [] : [{ path: ["periods", "closedThrough"], value: said(by), by }];
}

function accountLines(said: (id: string) => string): readonly MadeLine[] {
  const line = (by: string, path: readonly string[], value: Json): MadeLine => {
    return { path: ["entities", "accounts", ...path], value, by };
  };
  const customer = said("sales.customer");
  const master = said("sales.master");
  const create = { customer: null, always: { when: "always" }, demand: { when: "never", onDemand: true } }[
    said("sales.create") as "customer" | "always" | "demand"
  ];
  const financial = [
    ["finance.credit", "creditLimit"],
    ["finance.terms", "paymentTerms"],
  ] as const;
  return [
    ...(customer === "" ? [] : [line("sales.customer", ["means"], customer)]),
    master === "crm" || master === "erp"
      ? line("sales.master", ["master"], master)
      : line("sales.master", ["policy"], master),
    line("operations.deleted", ["onDelete"], said("operations.deleted")),
    ...(create === null ? [] : [line("sales.create", ["create", "erp"], create)]),
    ...financial.map(([by, field]) => {
      const side = said(by);
      const direction = side === "erp" ? "erp-to-crm" : "crm-to-erp";
      return line(by, ["fields", field], { master: side, direction });
    }),
  ];
}

/** YAML of lines, each with the question that made it; a path that ends in a number is one of a list. */
export function yamlOf(lines: readonly MadeLine[], depth: number = 0): string {
  const groups = Map.groupBy(lines, ({ path }) => path[depth] ?? "");
  return [...groups]
    .map(([key, own]) => {
      const [first] = own;
      const indent = "  ".repeat(depth);
      if (first !== undefined && first.path.length === depth + 1) {
        const name = /^\d+$/.test(key) ? "-" : `${key}:`;
        return `${indent}${name} ${JSON.stringify(first.value)} # ${first.by}\n`;
      }
      return `${indent}${key}:\n${yamlOf(own, depth + 1)}`;
    })
    .join("");
}

/** Stubs for a mapping: entities that were asked for and that it does not map yet, as comments. */
export function mappingStubs(mapped: readonly EntityName[], said: (id: string) => string): string {
  const wanted = [...switchedBy(said)].filter(([name, { on }]) => on && !mapped.includes(name));
  const ordered = entityNames.flatMap((name) => wanted.filter(([each]) => each === name));
  return ordered
    .map(([name, { by }]) => {
      const fields = Object.keys(entities[name].fields).map((field) => `  #     ${field}:\n`);
      const head = `  # ${name}: # ${by}: say after each field where it stands in this system\n`;
      return `${head}  #   fields:\n${fields.join("")}`;
    })
    .join("");
}
