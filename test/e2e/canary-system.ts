/**
 * A small system for the canary test: accounts, and any of the ways to sign in. Told to, it refuses what it
 * is asked and repeats in its answer what it was sent: a gateway in front of a real system does that.
 */
import { createHmac } from "node:crypto";
import { mapOf, serveSystem } from "./unknown-wire.ts";
import type { Asked, Json, JsonMap, Told, Wire } from "./unknown-wire.ts";

/** How one signs in. What is needed for it is a canary. */
export type SignIn =
  | { readonly kind: "basic"; readonly user: string; readonly password: string }
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "header"; readonly key: string }
  | {
      readonly kind: "oauth2";
      readonly client: string;
      readonly secret: string;
      readonly token: string;
      readonly sends: "body" | "basic";
    };

/** A system of the test. */
export interface CanarySystem extends Wire {
  readonly name: string;
  readonly signIn: SignIn;
  /** Its description, as a user writes it. */
  readonly description: string;
  readonly add: (fields: JsonMap) => string;
  readonly edit: (id: string, fields: JsonMap) => void;
  /** Calls that were let in by their credentials. */
  readonly welcomed: () => number;
  /** Refuses what matches, and repeats what it knows; the answer ends it, and says how often it did. */
  readonly echo: (at: { readonly status: number; readonly on?: string }) => () => number;
  readonly delivery: (
    id: string,
    secret: string,
  ) => { readonly body: string; readonly headers: Record<string, string> };
}

const authOf = (signIn: SignIn): string => {
  switch (signIn.kind) {
    case "basic":
      return `auth: { kind: basic, user: "\${secret.user}", password: "\${secret.password}" }`;
    case "bearer":
      return `auth: { kind: bearer, token: "\${secret.token}" }`;
    case "header":
      return `auth: { kind: header, headers: { x-api-key: "\${secret.key}" } }`;
    case "oauth2":
      return (
        `auth: { kind: oauth2, tokenPath: /oauth/token, client: "\${secret.client}", ` +
        `secret: "\${secret.clientSecret}", sends: ${signIn.sends} }`
      );
  }
};

const descriptionOf = (name: string, signIn: SignIn): string => `language: 1
title: ${name}
base: /api
${authOf(signIn)}
tenant: { path: /me, at: id, title: name }
errors:
  code: error.code
  field: error.field
  requestId: { header: x-request-id }
  bodies: [{ path: error, exists: true }]
webhook:
  signature: { header: x-proof, secret: ["\${secret.hook}", "\${secret.hookBefore}"], signs: "\${body}" }
  deliveryId: { path: "0.event" }
  entity: { path: kind, values: { company: accounts } }
  id: id
clock: { horizonMs: 200, commitLagMs: 0, granularityMs: 1 }
defaults:
  record:
    id: id
    version: { path: version, as: number, ordered: true }
    modifiedAt: { path: at, form: iso }
  list:
    path: "/\${object}"
    query: { since: "\${since}", after: "\${cursor}", limit: "\${limit}" }
    since: { form: iso }
    rows: rows
    paging: { kind: cursor, next: next }
    pageSizeMax: 100
    pagesMax: 10
  reference: { field: ref }
  probe: { method: POST, path: "/\${object}/search", body: { ref: "\${reference}" }, rows: rows }
entities:
  accounts:
    object: companies
    get: { path: "/companies/\${id}", gone: [{ status: 404, kind: deleted }] }
    create: { path: /companies, success: [201] }
    update: { path: "/companies/\${id}" }
mapping:
  entities:
    accounts:
      fields:
        { name: name, phone: phone, email: email, status: { path: status, values: { customer: customer } } }
`;

/** Whether the credentials of a call are those of the system. */
function isWelcome(signIn: SignIn, { headers }: Asked): boolean {
  switch (signIn.kind) {
    case "basic": {
      const login = Buffer.from(`${signIn.user}:${signIn.password}`, "utf8").toString("base64");
      return headers.authorization === `Basic ${login}`;
    }
    case "bearer":
      return headers.authorization === `Bearer ${signIn.token}`;
    case "header":
      return headers["x-api-key"] === signIn.key;
    case "oauth2":
      return headers.authorization === `Bearer ${signIn.token}`;
  }
}

/** Texts by which a caller proves who it is, as the system knows them. */
const credentialsOf = ({ kind, ...texts }: SignIn): readonly string[] =>
  Object.entries(texts).flatMap(([name, text]) =>
    name === "sends" || name === "user" || name === "client" || kind === "bearer" ? [] : [text],
  );

interface Row {
  readonly fields: JsonMap;
  readonly version: number;
  readonly at: number;
}

/** Starts an empty system. */
export async function startCanarySystem(name: string, signIn: SignIn): Promise<CanarySystem> {
  const rows = new Map<string, Row>();
  let welcomed = 0;
  let stamp = 0;
  const save = (id: string, fields: JsonMap): void => {
    const before = rows.get(id);
    stamp = Math.max(Date.now(), stamp + 1);
    rows.set(id, {
      fields: { status: "customer", ...before?.fields, ...fields },
      version: (before?.version ?? 0) + 1,
      at: stamp,
    });
  };
  const shown = (id: string): Json => {
    const row = rows.get(id);
    if (row === undefined) return null;
    return { ...row.fields, id, version: row.version, at: new Date(row.at).toISOString() };
  };
  const add = (fields: JsonMap): string => {
    const id = `${name}-${rows.size + 1}`;
    save(id, fields);
    return id;
  };
  const answer = (asked: Asked): Told => {
    const [, , object = "", id = ""] = asked.path.split("/");
    if (asked.path === "/oauth/token" && signIn.kind === "oauth2")
      return { status: 200, body: { access_token: signIn.token, expires_in: 3600, token_type: "Bearer" } };
    if (!isWelcome(signIn, asked)) return { status: 401, body: { error: { code: "no" } } };
    welcomed += 1;
    if (object === "me") return { status: 200, body: { id: `${name}-tenant`, name } };
    const ids = [...rows.keys()];
    if (id === "search") {
      const found = ids.filter((one) => rows.get(one)?.fields["ref"] === mapOf(asked.body)["ref"]);
      return { status: 200, body: { rows: found.map(shown) } };
    }
    if (asked.method === "GET" && id === "") {
      const since = Date.parse(asked.query.get("since") ?? "1970-01-01");
      const found = ids.filter((one) => (rows.get(one)?.at ?? 0) >= since);
      return { status: 200, body: { rows: found.map(shown), next: null } };
    }
    if (asked.method === "POST") return { status: 201, body: shown(add(mapOf(asked.body))) };
    if (!rows.has(id)) return { status: 404, body: { error: { code: "gone" } } };
    if (asked.method === "PATCH") save(id, mapOf(asked.body));
    return { status: 200, body: shown(id) };
  };
  const wire = await serveSystem(answer);
  return {
    ...wire,
    ...{ name, signIn, add, description: descriptionOf(name, signIn) },
    edit: save,
    welcomed: () => welcomed,
    echo: ({ status, on = "" }) => {
      const plain = credentialsOf(signIn);
      let turn = 0;
      const planted = wire.plant({
        times: 1_000,
        matches: (asked) => asked.path !== "/oauth/token" && asked.path.includes(on),
        instead: (asked) => {
          // One secret after the other, where a connector looks for a code, a field or an id of the request.
          const secret = plain[(turn += 1) % plain.length] ?? "";
          const headers = JSON.stringify(asked.headers);
          const error = { code: secret, field: secret, message: `you sent ${headers}, and ${plain.join()}` };
          return { status, headers: { "x-request-id": encodeURI(secret) }, body: { error } };
        },
      });
      return () => {
        planted.lift();
        return planted.met.length;
      };
    },
    delivery: (id, secret) => {
      const body = JSON.stringify([{ event: `e-${(stamp += 1)}`, kind: "company", id }]);
      return { body, headers: { "x-proof": createHmac("sha256", secret).update(body).digest("hex") } };
    },
  };
}
