import { ConnectorError } from "@crossfoot/connector-sdk";
import type {
  ClosedPeriods,
  Connection,
  Connector,
  Description as Told,
  NativeField,
  Session,
} from "@crossfoot/connector-sdk";
import { send, targetOf } from "./call.ts";
import type { System } from "./call.ts";
import { checkDescription } from "./check.ts";
import { compile } from "./compile.ts";
import type { Description, TenantCall } from "./language.ts";
import { limitsOf } from "./limits.ts";
import { readByIds } from "./lookup.ts";
import { manifestOf } from "./manifest.ts";
import { nearest } from "./nearest.ts";
import { operationsOf } from "./operations.ts";
import { at } from "./path.ts";
import { probe, readIdPage, readPage } from "./reader.ts";
import { idValues, rowsOf } from "./rows.ts";
import { both, renderAddress, scopeOf } from "./template.ts";
import { greet, receive } from "./webhook.ts";
import { idOf, isMap, textOf } from "./wire.ts";
import type { ExternalId, Json, JsonMap } from "./wire.ts";
import { writeAll } from "./writer.ts";

/** Options that a connection of this connector may have. */
const optionKeys = ["description", "tenant", "variables", "secrets"];

type OptionProblem = ReturnType<Connector["checkOptions"]>[number];

/**
 * The declarative HTTP connector: one description, written in the language of docs/connect/http.md, makes
 * any JSON REST system a connector. Options: `description` (the parsed YAML map), `tenant` (the tenant
 * expected), `variables`.
 */
export const httpConnector: Connector = {
  system: "http",
  checkOptions,
  limits: ({ description }) => limitsOf(description ?? null),
  open: (session) => Promise.resolve().then(() => openConnection(session)),
  defaultMapping: ({ description }) => (isMap(description) ? (description["mapping"] ?? {}) : {}),
};

function checkOptions(options: JsonMap): readonly OptionProblem[] {
  const { description, tenant, variables } = options;
  const unknown = Object.keys(options).filter((key) => !optionKeys.includes(key));
  const found: OptionProblem[] = unknown.map((key) => {
    const near = nearest(key, optionKeys);
    return {
      path: key,
      problem:
        near === undefined
          ? `unknown key; known: ${optionKeys.join(", ")}`
          : `unknown key; did you mean ${near}?`,
    };
  });
  if (description === undefined)
    found.push({ path: "description", problem: "is missing; name a description file" });
  else
    found.push(
      ...checkDescription(description).map(({ path, problem }) => ({
        path: below("description", path),
        problem,
      })),
    );
  if (tenant !== undefined && textOf(tenant) === undefined)
    found.push({ path: "tenant", problem: "needs text" });
  return [...found, ...checkVariables(variables, description)];
}

const below = (head: string, path: string): string => (path === "" ? head : `${head}.${path}`);

function checkVariables(
  variables: Json | undefined,
  description: Json | undefined,
): readonly OptionProblem[] {
  if (variables === undefined) return [];
  if (!isMap(variables)) return [{ path: "variables", problem: "needs a map" }];
  const declared =
    isMap(description) && isMap(description["variables"]) ? Object.keys(description["variables"]) : [];
  return Object.keys(variables).flatMap((name) => {
    if (textOf(variables[name]) === undefined)
      return [{ path: `variables.${name}`, problem: "needs text or a number" }];
    if (declared.includes(name)) return [];
    const near = nearest(name, declared);
    const advice = near === undefined ? "the description declares no such variable" : `did you mean ${near}?`;
    return [{ path: `variables.${name}`, problem: advice }];
  });
}

function openConnection(session: Session): Connection {
  const { options } = session;
  const [problem] = checkOptions(options);
  if (problem !== undefined) {
    const message = `${problem.path}: ${problem.problem}`;
    throw new ConnectorError({ failure: "invalid", code: "description_invalid", message });
  }
  return connect(session, compile(options["description"] as JsonMap));
}

/** A connection by a description that was found to be right. */
function connect(session: Session, description: Description): Connection {
  const { options } = session;
  const system: System = {
    description,
    session,
    scope: scopeOf(fixedValues(options, description.variables)),
  };
  return {
    manifest: manifestOf(description),
    describe: () => describe(system),
    read: async (request) => readPage(targetOf(system, request.entity), request),
    readByIds: async ({ entity, roots, ids }) => readByIds(targetOf(system, entity), { roots, ids }),
    readIds: async ({ entity, cursor }) => readIdPage(targetOf(system, entity), cursor),
    write: (writes) => writeAll(system, writes),
    probe: async (request) => probe(targetOf(system, request.entity), request),
    ...(description.tenant?.closedThrough === undefined
      ? {}
      : { closedPeriods: async () => closedPeriods(system, description.tenant as TenantCall) }),
    recordUrl: (entity, id) => recordUrl(system, entity, id),
    receive: (delivery) => receive(system, delivery),
    greet: (delivery) => greet(system, delivery),
    ...(description.operations === undefined
      ? {}
      : { operations: operationsOf(system, description.operations) }),
    under: (http) => connect({ ...session, http }, description),
  };
}

/** Variables that hold for the whole connection; empty text is no value. */
function fixedValues(options: JsonMap, defaults: { readonly [name: string]: string }): JsonMap {
  const given = isMap(options["variables"]) ? options["variables"] : {};
  const filled = Object.entries({ ...defaults, ...given }).filter(([, value]) => value !== "");
  const tenant = textOf(options["tenant"]);
  return { variable: Object.fromEntries(filled), ...(tenant === undefined ? {} : { tenant }) };
}

async function describe(system: System): Promise<Told> {
  const { description, session } = system;
  const expected = textOf(session.options["tenant"]);
  const told = description.tenant === undefined ? undefined : await askTenant(system, description.tenant);
  if (told !== undefined && expected !== undefined && told.tenant !== expected) {
    const message =
      "the credentials open another tenant than the one in the options; check address and secret";
    throw new ConnectorError({ failure: "unauthorised", code: "tenant_other", message });
  }
  const tenant = told?.tenant ?? expected;
  if (tenant === undefined) {
    const message = "no tenant is known; add `tenant` to the options or to the description";
    throw new ConnectorError({ failure: "invalid", code: "tenant_unknown", message });
  }
  const fields: Record<string, readonly NativeField[]> = {};
  for (const entity of Object.keys(description.entities)) {
    if (description.fields !== undefined) fields[entity] = await fieldsOf(system, entity);
  }
  return { tenant, title: told?.title ?? description.title, version: told?.version ?? null, fields };
}

/** What is told of the tenant. */
interface ToldTenant {
  readonly tenant: string;
  readonly title: string;
  readonly version: string | null;
  /** As it is told; null where no books are closed, or where nobody says. */
  readonly closedThrough: string | null;
}

async function closedPeriods(system: System, spec: TenantCall): Promise<ClosedPeriods> {
  const { title, closedThrough } = await askTenant(system, spec);
  if (closedThrough === null || closedThrough === "") return { company: title, through: null };
  const through = dayOf(closedThrough);
  if (through !== undefined) return { company: title, through };
  const message = `no day at ${spec.closedThrough ?? ""}; expected YYYY-MM-DD or YYYYMMDD`;
  throw new ConnectorError({ failure: "transient", code: "answer_unreadable", message });
}

/** A day, with strokes or without, as one with them. */
function dayOf(text: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*)?$/.exec(text) ?? [];
  const found = `${year}-${month}-${day}`;
  const ms = Date.parse(`${found}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(found) ? found : undefined;
}

async function askTenant(system: System, spec: TenantCall): Promise<ToldTenant> {
  const kind = { on: "read", isWrite: false, what: "tenant" };
  const answer = await send({ system }, { spec, values: {}, kind, method: spec.method ?? "GET" });
  const tenant = idOf(at(answer.body, spec.at));
  if (tenant === undefined) {
    throw new ConnectorError({
      failure: "transient",
      code: "tenant_missing",
      message: `no tenant at ${spec.at}`,
    });
  }
  const text = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : textOf(at(answer.body, path));
  return {
    tenant,
    title: text(spec.title) ?? system.description.title,
    version: text(spec.version) ?? null,
    closedThrough: text(spec.closedThrough) ?? null,
  };
}

async function fieldsOf(system: System, entity: string): Promise<readonly NativeField[]> {
  const target = targetOf(system, entity);
  const spec = system.description.fields;
  if (spec === undefined) return [];
  const kind = { on: "read", isWrite: false, what: `fields of ${target.spec.object}` };
  const call = { spec, values: {}, kind, method: spec.method ?? ("GET" as const) };
  const rows = rowsOf(await send(target, call), { path: spec.rows, empty: [], call });
  return rows.flatMap((row) => {
    const root = textOf(at(row, spec.name));
    const value = (path: string | undefined): Json | undefined =>
      path === undefined ? undefined : at(row, path);
    if (root === undefined) return [];
    const lengthMax = value(spec.lengthMax);
    return [
      {
        root,
        type: textOf(value(spec.type)) ?? "",
        isRequired: value(spec.required) === true,
        isReadOnly: value(spec.readOnly) === true,
        lengthMax: typeof lengthMax === "number" ? lengthMax : null,
      },
    ];
  });
}

function recordUrl(system: System, entity: string, id: ExternalId): string | null {
  const spec = system.description.entities[entity];
  if (spec?.recordUrl === undefined) return null;
  const target = targetOf(system, entity);
  const scope = both(scopeOf({ object: spec.object, ...idValues(target, id) }), system.scope);
  return renderAddress(spec.recordUrl, scope) ?? null;
}
