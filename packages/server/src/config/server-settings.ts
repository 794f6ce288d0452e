import { isIP } from "node:net";
import { partsOf } from "./connection-hooks.ts";
import type { ServerSettings } from "./project.ts";

type Value = (path: string) => string | number | boolean | undefined;

/** Where `up` listens, and what stands before it. */
export function serverSettingsOf(value: Value): ServerSettings {
  const publicUrl = value("server.publicUrl");
  return {
    host: String(value("server.host")),
    port: Number(value("server.port")),
    publicUrl: typeof publicUrl === "string" ? publicUrl.replace(/\/+$/, "") : null,
    trustedProxies: partsOf(value("server.trustedProxies")),
  };
}

/** What is wrong with the proxies that are trusted, or null: a name or a network is nobody in particular. */
export function proxyProblem(text: unknown): string | null {
  const wrong = partsOf(text).find((part) => isIP(part) === 0);
  return wrong === undefined ? null : `\`${wrong}\` is no IP address; name each proxy by its own`;
}
