import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

/** What a proxy says about whoever asked it; from anybody else it is a claim. */
const forwarded: readonly string[] = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-real-ip",
];

/** Tells whether an address is one of the proxies that are trusted. */
export type IsTrusted = (address: string) => boolean;

const family = (address: string): "ipv4" | "ipv6" => (isIP(address) === 4 ? "ipv4" : "ipv6");

/** Trusts addresses (`10.0.0.7`) and networks (`10.0.0.0/8`, `fd00::/8`), which are checked already. */
export function trusting(proxies: readonly string[]): IsTrusted {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = "", bits] = proxy.split("/");
    if (bits === undefined) list.addAddress(address, family(address));
    else list.addSubnet(address, Number(bits), family(address));
  }
  return (address) => isIP(address) !== 0 && list.check(address, family(address));
}

/** What is known of whoever asks. */
export interface Asker {
  /**
   * Address of the one nearest to us that is no trusted proxy; empty when nobody knows: the connection is
   * gone, or a proxy on this machine was not named.
   */
  readonly address: string;
  /** Whether the way from there is encrypted, as far as trusted proxies tell. */
  readonly isSecure: boolean;
}

/**
 * Who asks. Every proxy adds the address that it was asked by at the right; so from the right the first one
 * that is no trusted proxy is the last that somebody we trust has seen. Further left anybody may write.
 */
export function askerOf(
  request: Pick<IncomingMessage, "headers"> & { readonly peer: string; readonly isTls: boolean },
  isTrusted: IsTrusted,
): Asker {
  const { headers, peer, isTls } = request;
  if (!isTrusted(peer)) {
    // A proxy here that nobody named: whoever asks it may be anywhere.
    const isPassedOn = isLoopback(peer) && forwarded.some((name) => headers[name] !== undefined);
    return { address: isPassedOn ? "" : peer, isSecure: isTls };
  }
  const told = String(headers["x-forwarded-for"] ?? "").split(",");
  let address = peer;
  for (const each of told.map((one) => one.trim()).toReversed()) {
    if (isIP(each) === 0) break;
    address = each;
    if (!isTrusted(each)) break;
  }
  const scheme = String(headers["x-forwarded-proto"] ?? "")
    .split(",")
    .at(-1);
  return { address, isSecure: isTls || scheme?.trim().toLowerCase() === "https" };
}

/**
 * Takes what proxies say out of a request, and puts in their place what is believed of it: `x-forwarded-for`
 * is then one address and `x-forwarded-proto` one scheme, whoever asks. Called before anything else reads it.
 */
export function settleForwarded(request: IncomingMessage, asker: Asker): void {
  const { rawHeaders, headers } = request;
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = rawHeaders.slice(at, at + 2);
    if (!forwarded.includes(name.toLowerCase())) kept.push(name, value);
  }
  for (const name of forwarded) delete headers[name];
  const believed = {
    "x-forwarded-for": asker.address,
    "x-forwarded-proto": asker.isSecure ? "https" : "http",
  };
  Object.assign(headers, believed);
  rawHeaders.splice(0, rawHeaders.length, ...kept, ...Object.entries(believed).flat());
}

const loopback = trusting(["127.0.0.0/8", "::1", "::ffff:127.0.0.0/104"]);

/** Whether an address is this machine's own. */
export const isLoopback = (address: string): boolean => loopback(address);
