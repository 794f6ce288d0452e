import { statusRoute } from "@crossfoot/api";
import type { Hono } from "hono";
import type { PasswordCost } from "../../runtime/password.ts";
import type { AccessStore } from "../../store/port.ts";
import type { Api } from "../api/api.ts";
import type { Visibility } from "../api/sight.ts";
import { isLocalName } from "./browser.ts";
import { createGate } from "./gate.ts";
import type { Gate } from "./gate.ts";
import { addOidc } from "./oidc-routes.ts";
import type { Provider } from "./oidc.ts";
import { addPeople } from "./routes.ts";
import type { PeopleOptions } from "./routes.ts";

/** What signing in at this server is made of. */
export interface PeopleSetup {
  readonly access: AccessStore;
  readonly visibility: Visibility;
  /** Our clock, ms since 1970. */
  readonly now: () => number;
  /** Address that the server listens on. */
  readonly host: string;
  /** Address that browsers ask for, where a proxy stands before us; null where they ask for ours. */
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  /** Whether pages want somebody who signed in even while nobody can. */
  readonly isRequired: boolean;
  /** The provider of identities, or null where people have passwords alone. */
  readonly provider: Provider | null;
  /** What a hash of a password costs; a test's own. */
  readonly cost?: PasswordCost;
}

/** Who sees the pages, and where people sign in. */
export function createPeople(
  { door, sessions, refusals }: Pick<Api, "door" | "sessions" | "refusals">,
  setup: PeopleSetup,
): { readonly gate: Gate; readonly add: (app: Hono) => void } {
  const { access, visibility, now, host, publicUrl, trustedProxies, isRequired, provider, cost } = setup;
  // A proxy that asks this machine by its own name looks like a browser here: its public address tells of it.
  const isLocal = isLocalName(host) && (publicUrl === null || isLocalName(new URL(publicUrl).hostname));
  const isClosed = isRequired || provider !== null || trustedProxies.length > 0 || !isLocal;
  const options: PeopleOptions = {
    ...{ access, sessions, refusals, now },
    provider: provider?.host ?? null,
    seesStatus: (role) => statusRoute.roles.some((each) => each === role),
    ...(cost === undefined ? {} : { cost }),
  };
  return {
    gate: createGate({ access, door, sessions, visibility, isClosed }),
    add: (app) => {
      addPeople(app, options);
      if (provider !== null) addOidc(app, options, provider);
    },
  };
}
