import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { partsOf } from "./connection-hooks.ts";
import type { Project } from "./project.ts";
import { readSecret, secretForm } from "./secret-reference.ts";
import type { SecretPlaces } from "./secret-reference.ts";
import type { Settings } from "./settings.ts";

/** What loading the options of the server needs. */
export interface ServerSource extends SecretPlaces {
  readonly settings: Settings;
  /** False leaves the key unread: for commands that serve nothing. */
  readonly needsSecrets: boolean;
  /** Notes a problem at a key of crossfoot.yaml. */
  readonly note: (keys: readonly string[], message: string) => void;
}

/** Loads the options of `up`: where it listens, its certificate, the proxies that it trusts. */
export function loadServer(source: ServerSource): Project["server"] {
  const value = (path: string): string | number | undefined => {
    const found = source.settings.get(`server.${path}`)?.value;
    return typeof found === "string" || typeof found === "number" ? found : undefined;
  };
  const tls = loadTls(source, { certificate: value("tls.certificate"), key: value("tls.key") });
  const publicUrl = value("publicUrl");
  const proxies = partsOf(value("trustedProxies"));
  for (const proxy of proxies.filter((one) => !isNetwork(one))) {
    const form = "an address or a network, such as 10.0.0.7, 10.0.0.0/8 or fd00::/8";
    source.note(["server", "trustedProxies"], `\`${proxy}\` is no proxy: write ${form}`);
  }
  return {
    host: String(value("host")),
    port: Number(value("port")),
    ...(tls === undefined ? {} : { tls }),
    publicUrl: publicUrl === undefined ? null : String(publicUrl).replace(/\/+$/, ""),
    trustedProxies: proxies,
    ratePerMinute: Number(value("ratePerMinute")),
  };
}

function isNetwork(text: string): boolean {
  const [address = "", bits, more] = text.split("/");
  const kind = isIP(address);
  if (kind === 0 || more !== undefined) return false;
  // A network of all addresses would trust everybody.
  return (
    bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= (kind === 4 ? 32 : 128))
  );
}

/** Certificate and key, which have to be one another's; else it is told before the port is taken. */
function loadTls(
  source: ServerSource,
  said: { readonly certificate: string | number | undefined; readonly key: string | number | undefined },
): Project["server"]["tls"] {
  const { folder, note, needsSecrets } = source;
  const reference = secretForm(said.key);
  if (said.certificate === undefined && said.key === undefined) return undefined;
  if (typeof said.certificate !== "string" || reference === undefined) {
    note(["server", "tls"], "`certificate` and `key` go together");
    return undefined;
  }
  if (!needsSecrets) return undefined;
  const certificate = readText(resolve(folder, said.certificate));
  if (certificate === undefined) {
    note(["server", "tls", "certificate"], `${said.certificate} cannot be read`);
    return undefined;
  }
  const read = readSecret(reference, source);
  if (!read.ok) {
    note(["server", "tls", "key"], read.problem);
    return undefined;
  }
  const why = whyNoPair(certificate, read.secret);
  if (why !== null) note(["server", "tls"], why);
  return { certificate, key: () => read.secret };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Why these two do not go together, without a word of the key; null when they do. */
function whyNoPair(certificate: string, key: string): string | null {
  let own: X509Certificate;
  try {
    own = new X509Certificate(certificate);
  } catch {
    return "`certificate` is no certificate in PEM (-----BEGIN CERTIFICATE-----)";
  }
  try {
    return own.checkPrivateKey(createPrivateKey(key)) ? null : "`key` is not the key of `certificate`";
  } catch {
    return "`key` is no private key in PEM without a passphrase";
  }
}
