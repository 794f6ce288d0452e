import { randomUUID } from "node:crypto";
import type { Served, ServeOptions } from "./cli/deps.ts";
import { openSubscriptions, storeSecrets } from "./compose.ts";
import type { Project } from "./config/project.ts";
import { createApi } from "./http/api/api.ts";
import { createHttpApp } from "./http/app.ts";
import { startOutgoing } from "./http/outgoing/outgoing.ts";
import { createProvider } from "./http/people/oidc.ts";
import type { Provider } from "./http/people/oidc.ts";
import { createPeople } from "./http/people/people.ts";
import { listen, peerOf } from "./http/serve.ts";
import { systemClock } from "./platform/clock.ts";
import { createDeclaredFetch } from "./platform/declared-fetch.ts";
import { createLog } from "./platform/log.ts";
import { sleep } from "./platform/sleep.ts";
import type { Log } from "./ports.ts";
import type { Engine } from "./runtime/engine.ts";
import { factsOf } from "./runtime/subscriptions.ts";

/** How long a provider of identities may take for an answer, ms. */
const providerMs = 10_000;

/** The provider of identities, and the only hosts that are asked for it. */
function providerOf({ people, server }: Project): {
  readonly provider: Provider | null;
  readonly close: () => Promise<void>;
} {
  const { oidc } = people;
  const { publicUrl } = server;
  if (oidc === null || publicUrl === null) return { provider: null, close: () => Promise.resolve() };
  const origins = [new URL(oidc.issuer).origin, ...oidc.hosts.map((host) => `https://${host}`)];
  const { fetch, close } = createDeclaredFetch({ origins, timeoutMs: providerMs, clock: systemClock });
  const clientSecret = oidc.clientSecret();
  return { provider: createProvider({ ...oidc, clientSecret, publicUrl, fetch }), close };
}

/** Tells events to whom the project says, beside everything else. */
function tellEvents(engine: Engine, project: Project, log: Log): { readonly close: () => Promise<void> } {
  const store = { ...engine.subscriptions(), ...engine.events() };
  const told = openSubscriptions(project, { clock: systemClock });
  const deps = { store, clock: systemClock, sleep, log, random: Math.random, holder: randomUUID() };
  return startOutgoing(told, { ...deps, keepMs: project.keepDeliveriesMs });
}

/** Webhooks, the status page and the API, at the address that the project says. */
export async function serve(engine: Engine, { project, onHints, trouble }: ServeOptions): Promise<Served> {
  const { contractHash, entities, visibility, server } = project;
  const { publicUrl, trustedProxies, ratePerMinute } = server;
  const { now } = systemClock;
  const log = createLog({
    ...{ format: "plain", level: "warn" },
    secrets: () => [
      ...storeSecrets(project.store),
      ...(project.people.oidc === null ? [] : [project.people.oidc.clientSecret()]),
      ...project.connections.flatMap((connection) => connection.secrets()),
      ...project.subscriptions.flatMap((subscription) => subscription.secrets()),
    ],
  });
  const connections = project.connections.map(({ id }) => id);
  const { sessionIdleMs: idleMs, sessionLifeMs: lifeMs } = project.people;
  const api = createApi(engine, {
    ...{ connections, entities, visibility, ratePerMinute, now, sleep, log },
    sessionSpan: { idleMs, lifeMs },
    subscriptions: project.subscriptions.map((each) => factsOf(each)),
  });
  const { host } = server;
  const { isRequired } = project.people;
  const { provider, close: closeProvider } = providerOf(project);
  const access = engine.access();
  const people = createPeople(api, {
    ...{ access, visibility, now, host, publicUrl, trustedProxies, isRequired, provider },
  });
  const app = createHttpApp(engine, {
    connections: project.connections.map(({ id, hooks }) => ({ id, ...hooks })),
    ...{ publicUrl, trustedProxies, peerOf, contractHash, now, log, onHints, trouble, api },
    people,
  });
  const listening = await listen(app, server);
  const outgoing = tellEvents(engine, project, log);
  const close = async (): Promise<void> => {
    api.endStreams();
    await outgoing.close();
    await listening.close();
    await api.close();
    await closeProvider();
  };
  return { url: listening.url, close };
}
