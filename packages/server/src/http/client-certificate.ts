import { createHash, timingSafeEqual, X509Certificate } from "node:crypto";
import { trusting } from "./forwarded.ts";

/** Who may tell a client certificate, where, and which ones are meant. */
export interface CertificateTerms {
  /** Addresses and networks of proxies. */
  readonly trustedProxies: readonly string[];
  /** Header in lower case. */
  readonly header: string;
  /** SHA-256 fingerprints, 64 hexadecimal digits in lower case. */
  readonly fingerprints: readonly string[];
}

/**
 * Whether a proxy that is trusted says that the sender showed one of the certificates that are meant. Anybody
 * else can write the header too, so it counts only from these addresses; the proxy has to set it itself, also
 * to nothing. It holds the SHA-256 fingerprint, or the certificate as PEM, percent-encoded or not, of which
 * the fingerprint is made here. Never throws.
 */
export function showsCertificate(
  terms: CertificateTerms,
  peer: string | null,
  headers: { readonly [name: string]: string },
): boolean {
  const { trustedProxies, fingerprints, header } = terms;
  const told = headers[header];
  if (peer === null || told === undefined || fingerprints.length === 0) return false;
  if (!trusting(trustedProxies)(peer)) return false;
  const shown = fingerprintOf(told);
  if (shown === null) return false;
  return fingerprints.map((one) => isSame(one, shown)).includes(true);
}

function fingerprintOf(told: string): string | null {
  const plain = told.trim().replaceAll(":", "").toLowerCase();
  if (/^[0-9a-f]{64}$/.test(plain)) return plain;
  try {
    const pem = decodeURIComponent(told).replaceAll("\t", "\n");
    return pem.includes("BEGIN CERTIFICATE")
      ? new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase()
      : null;
  } catch {
    return null;
  }
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
