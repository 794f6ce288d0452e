import { isMap } from "@crossfoot/kernel";
import { nearestName } from "@crossfoot/model";
import { partsOf } from "./connection-hooks.ts";
import { keyRoles } from "./key-roles.ts";
import type { ServerSource } from "./load-server.ts";
import type { OidcSettings, PeopleSettings } from "./project.ts";
import { readSecret, secretForm } from "./secret-reference.ts";

/** Roles of a provider's claim in the order in which they are tried: who may more comes first. */
const rolesTried = ["administrator", "approver", "operator", "sales", "viewer", "agent"] as const;

/** Loads who may sign in. */
export function loadPeople(source: ServerSource): PeopleSettings {
  const { settings, note } = source;
  const people = {
    isRequired: settings.get("people.required")?.value === true,
    sessionIdleMs: Number(settings.get("people.sessionIdle")?.value),
    sessionLifeMs: Number(settings.get("people.sessionLife")?.value),
    oidc: loadOidc(source),
  };
  if (people.oidc !== null && settings.get("server.publicUrl") === undefined)
    note(["people", "oidc"], "needs `server.publicUrl`: the provider sends people back to it");
  return people;
}

function loadOidc(source: ServerSource): OidcSettings | null {
  const { settings, note, needsSecrets } = source;
  const of = (name: string): string | undefined => {
    const value = settings.get(`people.oidc.${name}`)?.value;
    return typeof value === "string" ? value : undefined;
  };
  const [issuer, clientId] = [of("issuer"), of("clientId")];
  const reference = secretForm(of("clientSecret"));
  const roles = loadRoles(source);
  const said = [issuer, clientId, reference].filter((each) => each !== undefined);
  if (said.length === 0 && roles === null) return null;
  if (issuer === undefined || clientId === undefined || reference === undefined || roles === null) {
    note(["people", "oidc"], "`issuer`, `clientId`, `clientSecret` and `roles` go together");
    return null;
  }
  const { protocol, hostname } = new URL(issuer);
  if (protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(hostname))
    note(["people", "oidc", "issuer"], "begins with https:// unless the provider is on this machine");
  const hosts = partsOf(of("hosts"));
  for (const host of hosts.filter((each) => !/^[a-z0-9.-]+(?::\d{1,5})?$/i.test(each)))
    note(
      ["people", "oidc", "hosts"],
      `\`${host}\` is no host: write its name alone, such as keys.example.com`,
    );
  const read = needsSecrets ? readSecret(reference, source) : ({ ok: true, secret: "" } as const);
  if (!read.ok) {
    note(["people", "oidc", "clientSecret"], read.problem);
    return null;
  }
  return {
    ...{ issuer, clientId, roles, hosts, claim: of("claim") ?? "groups" },
    clientSecret: () => read.secret,
    domains: partsOf(of("domains")).map((domain) => domain.toLowerCase().replace(/^@/, "")),
  };
}

/** Roles by the values of a claim; null where the file says none. */
function loadRoles({ settings, note }: ServerSource): OidcSettings["roles"] | null {
  const value = settings.get("people.oidc.roles")?.value;
  if (value === undefined || !isMap(value)) return null;
  const path = (role: string): readonly string[] => ["people", "oidc", "roles", role];
  for (const role of Object.keys(value)) {
    if (keyRoles.some((each) => each === role)) continue;
    const nearest = nearestName(role, keyRoles);
    note(
      path(role),
      `unknown role \`${role}\`${nearest === undefined ? "" : ` (did you mean \`${nearest}\`?)`}`,
    );
  }
  return rolesTried.flatMap((role) => {
    const told = value[role];
    if (told === undefined) return [];
    const values = (Array.isArray(told) ? told : [told]).filter((each) => typeof each === "string");
    if (values.length === 0) note(path(role), "is a value of the claim, or a list of them");
    return [[role, values] as const];
  });
}
