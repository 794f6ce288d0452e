import type {
  ClosedBooks,
  ConnectionId,
  CreateRule,
  EntityPolicy,
  FieldPolicy,
  Json,
  JsonMap,
} from "@crossfoot/kernel";
import { canonicalBytes, isMap, normalDate } from "@crossfoot/kernel";
import {
  bookedEntities,
  datedEntities,
  defaultContract,
  directions,
  effectOccasions,
  survivorshipRules,
} from "./contract.ts";
import type {
  Contract,
  DatedEntity,
  Direction,
  EntityTerms,
  FieldTerms,
  PeriodTerms,
  Role,
} from "./contract.ts";
import { isCompanyFact } from "./company-totals.ts";
import { entities, entityNames, isEntityName, statusCodes } from "./entity.ts";
import type { EntityName } from "./entity.ts";
import { nearestName } from "./nearest.ts";
import { fieldKindsOf, ownFieldProblem } from "./own-field.ts";

/** Something wrong in a contract file; `path` leads to the key, so that a caller can name file and line. */
export interface ContractProblem {
  readonly path: readonly string[];
  readonly problem: string;
}

/** Which connection plays which role. */
export interface Roles {
  readonly crm: ConnectionId;
  readonly erp: ConnectionId;
}

const policies = ["master", "newest", "review", "custom"];
const firstLinks = ["fill", "master", "review"];
const foreignEdits = ["restore", "keep"];
const deletes = ["archive", "ask", "ignore"];
const returns = ["ask", "restore", "ignore"];
const roles: readonly string[] = ["crm", "erp"];

const entityKeys: { readonly [key: string]: readonly string[] | "free" } = {
  enabled: "free",
  master: roles,
  direction: directions,
  policy: policies,
  onFirstLink: firstLinks,
  onForeignEdit: foreignEdits,
  onDelete: deletes,
  onReturn: returns,
  newestTolerance: "free",
  create: "free",
  matchKeys: "free",
  ownership: "free",
  effects: "free",
  notes: "free",
  consolidation: "free",
  fields: "free",
  means: "free",
  edgeCases: "free",
};
const effectKeys: { readonly [key: string]: readonly string[] | "free" } = {
  at: roles,
  on: effectOccasions,
  statuses: "free",
  does: "free",
};
const fieldKeys: { readonly [key: string]: readonly string[] | "free" } = {
  kind: "free",
  master: roles,
  direction: directions,
  policy: policies,
  custom: "free",
  onFirstLink: firstLinks,
  onForeignEdit: foreignEdits,
  mandatory: "free",
  means: "free",
  privacy: "free",
};

/**
 * Reads a contract file over the default contract. Every unknown key is a problem with the nearest known
 * one; both sides as master of one field is refused. Pure; never throws.
 */
export function readContract(file: Json): {
  readonly contract: Contract;
  readonly problems: readonly ContractProblem[];
} {
  const problems: ContractProblem[] = [];
  if (file === null) return { contract: defaultContract, problems };
  if (!isMap(file))
    return { contract: defaultContract, problems: [{ path: [], problem: "a contract is a map" }] };
  const given = file["entities"] ?? {};
  const keys = {
    ...{ entities: "free", version: "free", signers: "free" },
    periods: "free",
    privacy: "free",
  };
  checkKeys(file, keys as { readonly [key: string]: "free" }, { path: [], problems });
  const terms = file["privacy"];
  const privacy = isMap(terms) ? { privacy: terms as NonNullable<Contract["privacy"]> } : {};
  const periods = readPeriods(file["periods"], problems);
  const signers = readSigners(file["signers"], problems);
  if (!isMap(given)) {
    problems.push({ path: ["entities"], problem: "`entities` is a map of entity names" });
    return { contract: { ...defaultContract, ...periods }, problems };
  }
  const merged: Record<string, EntityTerms> = { ...defaultContract.entities };
  for (const [name, terms] of Object.entries(given)) {
    if (!isEntityName(name)) {
      problems.push({ path: ["entities", name], problem: unknown("entity", name, entityNames) });
    } else if (!isMap(terms)) {
      problems.push({ path: ["entities", name], problem: "the terms of an entity are a map" });
    } else merged[name] = overlay(name, terms, problems);
  }
  return { contract: { signers, entities: merged, ...periods, ...privacy } as Contract, problems };
}

function readPeriods(
  given: Json | undefined,
  problems: ContractProblem[],
): { readonly periods?: PeriodTerms } {
  if (given === undefined) return {};
  const path = ["periods"];
  if (!isMap(given)) {
    problems.push({ path, problem: "`periods` is a map with `closedThrough`" });
    return {};
  }
  checkKeys(given, { closedThrough: "free", entities: "free" }, { path, problems });
  const day = given["closedThrough"];
  const closedThrough = typeof day === "string" ? normalDate(day) : undefined;
  if (closedThrough === undefined)
    problems.push({
      path: [...path, "closedThrough"],
      problem: "`closedThrough` is a day, such as 2026-10-31",
    });
  const names = given["entities"] === undefined ? bookedEntities(defaultContract) : asList(given["entities"]);
  const wrong = names.find((name) => !datedEntities.includes(name as DatedEntity));
  if (names.length === 0 || wrong !== undefined)
    problems.push({
      path: [...path, "entities"],
      problem: `\`entities\` is a list of ${datedEntities.join(", ")}`,
    });
  if (closedThrough === undefined) return {};
  return { periods: { closedThrough, entities: datedEntities.filter((name) => names.includes(name)) } };
}

/** Who signs; the usual departments where nobody is named. */
function readSigners(given: Json | undefined, problems: ContractProblem[]): Contract["signers"] {
  if (given === undefined) return defaultContract.signers;
  const list = asList(given);
  if (list.length === 0) problems.push({ path: ["signers"], problem: "`signers` is a list of at least one" });
  for (const [index, signer] of list.entries()) {
    const path = ["signers", String(index)];
    if (!isMap(signer)) {
      problems.push({ path, problem: "a signer is a map with `department`" });
      continue;
    }
    checkKeys(signer, { department: "free", role: "free", name: "free" }, { path, problems });
    for (const key of ["department", "role", "name"]) {
      const value = signer[key];
      if (value === undefined && key !== "department") continue;
      if (typeof value !== "string" || value.trim() === "")
        problems.push({ path: [...path, key], problem: `\`${key}\` of a signer is a text` });
    }
  }
  return list as unknown as Contract["signers"];
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return `unknown ${what} \`${name}\`${nearest === undefined ? "" : `; did you mean \`${nearest}\`?`}`;
}

function checkKeys(
  map: JsonMap,
  keys: { readonly [key: string]: readonly string[] | "free" },
  at: { readonly path: readonly string[]; readonly problems: ContractProblem[] },
): void {
  const { path, problems } = at;
  for (const [key, value] of Object.entries(map)) {
    const allowed = keys[key];
    const place = [...path, key];
    if (allowed === undefined)
      problems.push({ path: place, problem: unknown("key", key, Object.keys(keys)) });
    else if (key === "master" && (Array.isArray(value) || value === "both")) {
      const both =
        "a field has one master, `crm` or `erp`: two masters would undo each other's values for ever";
      problems.push({ path: place, problem: both });
    } else if (allowed !== "free" && !(typeof value === "string" && allowed.includes(value))) {
      problems.push({ path: place, problem: `\`${key}\` is one of ${allowed.join(", ")}` });
    }
  }
}

function overlay(name: EntityName, terms: JsonMap, problems: ContractProblem[]): EntityTerms {
  const base = defaultContract.entities[name];
  const path = ["entities", name];
  checkKeys(terms, entityKeys, { path, problems });
  const fields: Record<string, FieldTerms> = { ...base.fields };
  const given = terms["fields"];
  if (isMap(given)) {
    for (const [field, fieldTerms] of Object.entries(given)) {
      const problem = fieldProblem(name, field, fieldTerms);
      if (problem !== undefined) problems.push({ path: [...path, "fields", field], problem });
      else if (isMap(fieldTerms)) {
        checkKeys(fieldTerms, fieldKeys, { path: [...path, "fields", field], problems });
        fields[field] = { ...fields[field], ...(fieldTerms as FieldTerms) };
      }
    }
  }
  checkShapes(name, { terms, known: Object.keys(fieldKindsOf(name, { fields })) }, problems);
  const own = terms as unknown as Partial<EntityTerms>;
  return { ...base, ...own, create: { ...base.create, ...own.create }, fields };
}

/** What is wrong with the terms of a field as such: one that no entity has says what it holds. */
function fieldProblem(name: EntityName, field: string, terms: Json): string | undefined {
  const known = Object.keys(entities[name].fields);
  if (!isMap(terms)) {
    return known.includes(field) ? "the terms of a field are a map" : unknown("field", field, known);
  }
  const { kind, direction, master } = terms;
  if (isCompanyFact(field) && ((direction ?? "compare") !== "compare" || master !== undefined))
    return `\`${field}\` is what each system reckons by itself: it is compared, and has no master`;
  if (!known.includes(field))
    return kind === undefined && nearestName(field, known) !== undefined
      ? unknown("field", field, known)
      : ownFieldProblem(field, kind);
  return kind === undefined ? undefined : "`kind` is for fields of your own: this one has its kind already";
}

function checkShapes(
  name: EntityName,
  { terms, known }: { readonly terms: JsonMap; readonly known: readonly string[] },
  problems: ContractProblem[],
): void {
  const path = ["entities", name];
  for (const [index, key] of asList(terms["matchKeys"]).entries()) {
    for (const field of asList(key)) {
      if (typeof field === "string" && known.includes(field)) continue;
      problems.push({
        path: [...path, "matchKeys", String(index)],
        problem: unknown("field", shown(field), known),
      });
    }
  }
  const create = terms["create"];
  if (isMap(create)) {
    checkKeys(create, { crm: "free", erp: "free" }, { path: [...path, "create"], problems });
    for (const [role, rule] of Object.entries(create)) {
      const at = [...path, "create", role];
      if (!isMap(rule)) problems.push({ path: at, problem: "a rule for creates is a map with `when`" });
      else
        checkKeys(
          rule,
          { when: ["always", "never", "status"], statuses: "free", onDemand: "free" },
          { path: at, problems },
        );
    }
  }
  const states = statusCodes[name] ?? [];
  for (const [index, rule] of asList(terms["ownership"]).entries()) {
    const at = [...path, "ownership", String(index)];
    if (!isMap(rule)) problems.push({ path: at, problem: "an ownership rule is a map" });
    else {
      const keys = { at: roles, statuses: "free", fields: "free", writer: ["crm", "erp", "nobody"] } as const;
      checkKeys(rule, keys, { path: at, problems });
      for (const state of asList(rule["statuses"])) {
        if (typeof state === "string" && states.includes(state)) continue;
        problems.push({
          path: [...at, "statuses"],
          problem: unknown("status", shown(state), states),
        });
      }
    }
  }
  checkEffects(terms, { path, states, problems });
  checkNotes(terms["notes"], { path: [...path, "notes"], problems });
  checkConsolidation(terms["consolidation"], { path: [...path, "consolidation"], known, problems });
  if (!asList(terms["edgeCases"] ?? []).every((each) => typeof each === "string"))
    problems.push({ path: [...path, "edgeCases"], problem: "`edgeCases` is a list of sentences" });
  const tolerance = terms["newestTolerance"];
  if (tolerance !== undefined && !(typeof tolerance === "number" && tolerance >= 0)) {
    problems.push({
      path: [...path, "newestTolerance"],
      problem: "`newestTolerance` is a number of seconds, 0 or more",
    });
  }
}

const consolidationKeys: { readonly [key: string]: readonly string[] | "free" } = {
  automaticFrom: "free",
  owner: "free",
  reviewDays: "free",
  lookEveryDays: "free",
  by: "free",
  survivorship: "free",
};

function checkConsolidation(
  terms: Json | undefined,
  at: {
    readonly path: readonly string[];
    readonly known: readonly string[];
    readonly problems: ContractProblem[];
  },
): void {
  const { path, known, problems } = at;
  if (!isMap(terms)) {
    if (terms !== undefined) problems.push({ path, problem: "`consolidation` is a map" });
    return;
  }
  checkKeys(terms, consolidationKeys, { path, problems });
  const { automaticFrom, by, survivorship } = terms;
  const isShare = typeof automaticFrom === "number" && automaticFrom > 0.5 && automaticFrom <= 1;
  if (automaticFrom !== undefined && !isShare)
    problems.push({
      path: [...path, "automaticFrom"],
      problem: "`automaticFrom` is a probability above 0.5, at most 1",
    });
  const ways = ["merge", "archive"];
  if (isMap(by)) checkKeys(by, { crm: ways, erp: ways }, { path: [...path, "by"], problems });
  if (!isMap(survivorship)) return;
  const rules = Object.fromEntries(["*", ...known].map((field) => [field, survivorshipRules]));
  checkKeys(survivorship, rules, { path: [...path, "survivorship"], problems });
}

function checkNotes(
  notes: Json | undefined,
  { path, problems }: { readonly path: readonly string[]; readonly problems: ContractProblem[] },
): void {
  if (notes === undefined) return;
  if (!Array.isArray(notes)) problems.push({ path, problem: "`notes` is a list of sides: crm, erp" });
  for (const role of asList(notes)) {
    if (typeof role === "string" && roles.includes(role)) continue;
    problems.push({ path, problem: unknown("side", shown(role), roles) });
  }
}

function checkEffects(
  terms: JsonMap,
  at: {
    readonly path: readonly string[];
    readonly states: readonly string[];
    readonly problems: ContractProblem[];
  },
): void {
  const { states, problems } = at;
  for (const [index, effect] of asList(terms["effects"]).entries()) {
    const path = [...at.path, "effects", String(index)];
    if (!isMap(effect)) {
      problems.push({ path, problem: "an effect is a map with `at`, `on` and `does`" });
      continue;
    }
    checkKeys(effect, effectKeys, { path, problems });
    for (const key of ["at", "on", "does"]) {
      if (effect[key] === undefined) problems.push({ path, problem: `\`${key}\` is missing` });
    }
    if (effect["statuses"] !== undefined && effect["on"] !== "transition")
      problems.push({ path: [...path, "statuses"], problem: "`statuses` belong to `on: transition`" });
    for (const state of asList(effect["statuses"])) {
      if (typeof state === "string" && states.includes(state)) continue;
      problems.push({ path: [...path, "statuses"], problem: unknown("status", shown(state), states) });
    }
  }
}

/** A name as the file has it, for a message. */
const shown = (value: Json): string => (typeof value === "string" ? value : canonicalBytes(value));

function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** Connections that may originate a value, and those that receive it. */
function routes(
  direction: Direction,
  sides: Roles,
): { writers: readonly ConnectionId[]; targets: readonly ConnectionId[] } {
  switch (direction) {
    case "both":
      return { writers: [sides.crm, sides.erp], targets: [sides.crm, sides.erp] };
    // A one-way field is put back where it was edited against the contract; that is why its source can be a
    // target.
    case "crm-to-erp":
      return { writers: [sides.crm], targets: [sides.erp] };
    case "erp-to-crm":
      return { writers: [sides.erp], targets: [sides.crm] };
    case "compare":
      return { writers: [], targets: [] };
  }
}

/** The contract of one entity with roles resolved to connections, as the kernel decides by it. */
export function compilePolicy(contract: Contract, name: EntityName, sides: Roles): EntityPolicy {
  const entity = entities[name];
  const terms = contract.entities[name];
  const fields = Object.entries(fieldKindsOf(name, terms)).map(([field, kind]) => [
    field,
    compileField({ kind, terms, field }, sides),
  ]);
  const create = Object.entries(terms.create).map(([role, rule]): [string, CreateRule] => [
    sides[role as Role],
    { when: rule.when, statuses: rule.statuses ?? [], onDemand: rule.onDemand ?? false },
  ]);
  return {
    entity: name,
    isProjection: entity.isProjection,
    statusField: entity.status,
    fields: Object.fromEntries(fields) as EntityPolicy["fields"],
    ownership: terms.ownership.map((rule) => ({
      at: sides[rule.at],
      statuses: rule.statuses,
      fields: rule.fields,
      writer: rule.writer === "nobody" ? null : sides[rule.writer],
    })),
    create: Object.fromEntries(create),
    ...closedBooks(contract, name, sides),
    onDelete: terms.onDelete,
    onReturn: terms.onReturn,
    newestToleranceMs: terms.newestTolerance * 1000,
    matchKeys: terms.matchKeys,
  };
}

function closedBooks(
  { periods }: Contract,
  name: EntityName,
  { erp }: Roles,
): { readonly closed?: ClosedBooks } {
  if (periods === undefined || !periods.entities.some((each) => each === name)) return {};
  return { closed: { at: erp, field: "date", through: periods.closedThrough } };
}

function compileField(
  at: { readonly kind: FieldPolicy["kind"]; readonly terms: EntityTerms; readonly field: string },
  sides: Roles,
): FieldPolicy {
  const own = at.terms.fields[at.field] ?? {};
  const { writers, targets } = routes(own.direction ?? at.terms.direction, sides);
  return {
    field: at.field,
    kind: at.kind,
    master: sides[own.master ?? at.terms.master],
    writers,
    targets,
    policy: own.policy ?? at.terms.policy,
    custom: own.custom ?? null,
    onFirstLink: own.onFirstLink ?? at.terms.onFirstLink,
    onForeignEdit: own.onForeignEdit ?? at.terms.onForeignEdit,
    isMandatory: own.mandatory ?? false,
  };
}
