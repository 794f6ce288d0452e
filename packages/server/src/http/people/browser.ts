import { isLoopback } from "../forwarded.ts";

/**
 * What a request says of the browser that made it. `x-forwarded-*` are what is believed of them: `listen`
 * has settled them before anybody reads them.
 */
export interface Browser {
  /** Whether the way is encrypted. */
  readonly isSecure: boolean;
  /** Whether a session may travel it: encrypted, or within this machine. */
  readonly isFit: boolean;
  /** Name of the cookie of a session here. `__Host-`: only we can set it, and only over TLS (RFC 6265bis). */
  readonly cookieName: string;
  /** Where it is, as far as is known. */
  readonly address: string | null;
}

/** Whether a host name or an address, in brackets or not, is this machine's own. */
export function isLocalName(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "");
  return name === "localhost" || isLoopback(name);
}

/**
 * Whether a request comes from this machine and is meant for it by the address that it asks for. Another name
 * is a proxy that nobody named, or a page that made its own name lead here (DNS rebinding).
 */
export function isAskedLocally(headers: Headers): boolean {
  const address = headers.get("x-forwarded-for");
  const host = headers.get("host");
  if (address !== null && !isLoopback(address)) return false;
  return host === null || isLocalName(host.replace(/:\d{1,5}$/, ""));
}

/** The browser of a request. */
export function browserOf(headers: Headers): Browser {
  const address = headers.get("x-forwarded-for");
  const isSecure = headers.get("x-forwarded-proto") === "https";
  return {
    isSecure,
    isFit: isSecure || (address !== null && isLoopback(address) && isAskedLocally(headers)),
    cookieName: isSecure ? "__Host-crossfoot" : "crossfoot",
    address,
  };
}

/** All values of a cookie. */
export const cookiesOf = (headers: Headers, name: string): readonly string[] =>
  (headers.get("cookie") ?? "")
    .split(";")
    .map((each) => each.trim())
    .filter((each) => each.startsWith(`${name}=`));

/** The value of a cookie, or null. One that is sent twice is none: somebody else has set one of them. */
export function cookieOf(headers: Headers, name: string): string | null {
  const values = cookiesOf(headers, name);
  return values.length === 1 ? (values[0] ?? "").slice(name.length + 1) : null;
}

/** What a cookie is set with. */
export interface CookieOptions {
  readonly browser: Browser;
  readonly name: string;
  readonly value: string;
  readonly sameSite: "Strict" | "Lax";
  /** Seconds; null for as long as the browser is open. 0 forgets it. */
  readonly maxAge: number | null;
}

/** A Set-Cookie header: no script reads it, nobody below another host or path gets it. */
export function setCookie({ browser, name, value, sameSite, maxAge }: CookieOptions): string {
  return [
    `${name}=${value}`,
    "Path=/",
    "HttpOnly",
    `SameSite=${sameSite}`,
    ...(browser.isSecure ? ["Secure"] : []),
    ...(maxAge === null ? [] : [`Max-Age=${maxAge}`]),
  ].join("; ");
}

/**
 * Whether a request was made by a page of ours. Browsers say so themselves (Sec-Fetch-Site, which no page can
 * set); of one that does not, the Origin has to be the host that it asks. Neither is a no.
 */
export function isOwnPage(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  const host = headers.get("host");
  if (origin === null || host === null) return false;
  const scheme = browserOf(headers).isSecure ? "https" : "http";
  return origin === `${scheme}://${host}`;
}
