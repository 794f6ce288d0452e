import { note } from "./connection-work.ts";
import type { Work } from "./connection-work.ts";
import type { HookSettings } from "./project.ts";

/** The parts of a text with commas or blanks between them. */
export const partsOf = (text: unknown): readonly string[] =>
  typeof text === "string" ? text.split(/[\s,]+/).filter((part) => part !== "") : [];

/** What a connection says about its webhooks. */
export function loadHooks(work: Work, value: (key: string) => unknown): HookSettings {
  const of = (key: string): unknown => value(`webhooks.${key}`);
  const certificates = partsOf(of("certificates")).map((text) => text.replaceAll(":", "").toLowerCase());
  const wrong = certificates.find((text) => !/^[0-9a-f]{64}$/.test(text));
  if (wrong !== undefined)
    note(work, ["webhooks", "certificates"], {
      message: `\`${wrong}\` is no SHA-256 fingerprint: 64 hexadecimal digits, colons between them or none`,
    });
  const proxies = partsOf(work.settings.get("server.trustedProxies")?.value);
  if (certificates.length > 0 && proxies.length === 0)
    note(work, ["webhooks", "certificates"], {
      message: "nobody may tell a certificate; name the proxy in `server.trustedProxies`",
    });
  return {
    perSecond: Number(of("perSecond")),
    burst: Number(of("burst")),
    backlogMax: Number(of("backlog")),
    bytesMax: Number(of("bytes")),
    certificates,
    certificateHeader: String(of("certificateHeader")).toLowerCase(),
  };
}
