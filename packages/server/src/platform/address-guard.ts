import { lookup as systemLookup } from "node:dns";
import type { LookupAddress, LookupOptions } from "node:dns";
import { BlockList, isIP } from "node:net";
import type { LookupFunction } from "node:net";

/**
 * Addresses that no connected system has, and that give whoever reaches them credentials of the machine: the
 * metadata addresses of clouds are link-local, or one of a few more. Sources: RFC 3927, RFC 4291 section
 * 2.5.6, RFC 1122 section 3.2.1.3; the documentation of the clouds for the single addresses.
 */
const never = new BlockList();
never.addSubnet("169.254.0.0", 16, "ipv4");
never.addSubnet("0.0.0.0", 8, "ipv4");
never.addSubnet("fe80::", 10, "ipv6");
never.addAddress("::", "ipv6");
// Alibaba; Azure; Oracle; AWS over IPv6.
never.addAddress("100.100.100.200", "ipv4");
never.addAddress("168.63.129.16", "ipv4");
never.addAddress("192.0.0.192", "ipv4");
never.addAddress("fd00:ec2::254", "ipv6");

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/**
 * Addresses inside of a company, shared by providers, of groups, or of nobody. Sources: RFC 1918, RFC 4193,
 * RFC 6598, RFC 6890, RFC 3879, RFC 2544, RFC 5771, RFC 4291 section 2.7.
 */
const inner = new BlockList();
inner.addSubnet("10.0.0.0", 8, "ipv4");
inner.addSubnet("172.16.0.0", 12, "ipv4");
inner.addSubnet("192.168.0.0", 16, "ipv4");
inner.addSubnet("100.64.0.0", 10, "ipv4");
inner.addSubnet("192.0.0.0", 24, "ipv4");
inner.addSubnet("198.18.0.0", 15, "ipv4");
inner.addSubnet("224.0.0.0", 3, "ipv4");
inner.addSubnet("fc00::", 7, "ipv6");
inner.addSubnet("fec0::", 10, "ipv6");
inner.addSubnet("ff00::", 8, "ipv6");

/** Prefixes of 96 bits under which an IPv4 address stands in an IPv6 one: mapped, compatible, NAT64. */
const carriers = ["0:0:0:0:0:ffff", "0:0:0:0:0:0", "64:ff9b:0:0:0:0"];

/** The IPv4 address inside of an IPv6 one, or null. */
function carried(address: string): string | null {
  const [plain = ""] = address.split("%");
  // The form of the URL standard: no dots, the longest run of zeros as `::`.
  const text = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const [head = "", tail] = text.split("::");
  const words = (part: string | undefined): string[] =>
    part === undefined || part === "" ? [] : part.split(":");
  const [before, after] = [words(head), words(tail)];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  const is6to4 = all[0] === "2002";
  if (!is6to4 && !carriers.includes(all.slice(0, 6).join(":"))) return null;
  // Loopback is no IPv4 address in disguise.
  if (all.join(":") === "0:0:0:0:0:0:0:1") return null;
  const [high = "0", low = "0"] = is6to4 ? all.slice(1, 3) : all.slice(6);
  const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join(".");
}

function isIn(list: BlockList, address: string): boolean {
  if (isIP(address) === 4) return list.check(address, "ipv4");
  const [plain = ""] = address.split("%");
  const disguised = carried(plain);
  return list.check(plain, "ipv6") || (disguised !== null && list.check(disguised, "ipv4"));
}

/** What a connection may reach beside the host that it names. */
export interface Reach {
  /** As it stands in the address of the connection, in the URL standard's form. */
  readonly host: string;
  /** Whether link-local, metadata and, by a name, loopback addresses may be reached. */
  readonly isLocalAllowed: boolean;
  /** Whether addresses inside of a company are refused as well; they are not when left out. */
  readonly isInnerRefused?: boolean;
}

const bare = (host: string): string =>
  host
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();

/** Whether a host says itself that it is this machine. */
function isThisMachine(host: string): boolean {
  const name = bare(host);
  if (isIP(name) !== 0) return isIn(loopback, name);
  return name === "localhost" || name.endsWith(".localhost");
}

/** Why an address is not connected to, or null when it may be. `address` is an IP address. Pure. */
export function whyNot(reach: Reach, address: string): string | null {
  const { host, isLocalAllowed, isInnerRefused = false } = reach;
  if (isLocalAllowed) return null;
  if (isInnerRefused && isIn(inner, address))
    return `${bare(host)} leads to a private address; if it is meant, say \`privateAddresses: on\``;
  const advice = "if it is meant, say `localAddresses: on` at the connection in crossfoot.yaml";
  if (isIn(never, address)) return `${bare(host)} leads to a link-local or metadata address; ${advice}`;
  if (isIn(loopback, address) && !isThisMachine(host))
    return `${bare(host)} leads to this machine; ${advice}`;
  return null;
}

/** Why a host is not asked for at all: it is an address that may not be connected to. Null for a name. */
export function whyNotHost(reach: Reach): string | null {
  const address = bare(reach.host);
  return isIP(address) === 0 ? null : whyNot(reach, address);
}

/** How names become addresses; the system's own but in tests. */
export type Resolve = (
  host: string,
  options: LookupOptions & { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Resolves a name at the moment of each connection, and refuses it when any of its addresses may not be
 * reached: what a name led to when it was looked at before says nothing (DNS rebinding).
 */
export function guardedLookup(reach: Reach, resolve: Resolve = systemLookup): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) {
        callback(error ?? new Error(`${host} has no address`), "", 0);
        return;
      }
      const refused = addresses.map(({ address }) => whyNot(reach, address)).find((why) => why !== null);
      if (refused !== undefined && refused !== null) callback(new Error(refused), "", 0);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
