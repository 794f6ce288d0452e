import { describe, expect, it } from "vitest";
import { showsCertificate } from "./client-certificate.ts";

/** A certificate made for this test, and its fingerprint as openssl tells it. Its key was thrown away. */
const pem = [
  "-----BEGIN CERTIFICATE-----",
  "MIIBiTCCAS+gAwIBAgIUb2h1wCbu6KSV0GVf4EsPBsZLnPgwCgYIKoZIzj0EAwIw",
  "GTEXMBUGA1UEAwwOc2VuZGVyLmV4YW1wbGUwIBcNMjYxMTI2MTYwODU0WhgPMjEy",
  "NjExMDIxNjA4NTRaMBkxFzAVBgNVBAMMDnNlbmRlci5leGFtcGxlMFkwEwYHKoZI",
  "zj0CAQYIKoZIzj0DAQcDQgAE90ruMnEIpkgSHjg3kY0ShwvOBvpiJy9v+DEXLaHs",
  "5rn9nwY0RNIcmzfJB9zQwaaQD/lCR1JpdjHQ0+1wyv+sMaNTMFEwHQYDVR0OBBYE",
  "FDU6JWTuZKPpQnBBt7ZToDqJJ1EeMB8GA1UdIwQYMBaAFDU6JWTuZKPpQnBBt7ZT",
  "oDqJJ1EeMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgGUjhU26b",
  "Q0B53vGgA8mghUOWo0EuXfqklx/nthZs5rQCIQCIGXoZ9ONkPUx+gUJ+EW6/9/z0",
  "whoRaG1cIXC2swOs/Q==",
  "-----END CERTIFICATE-----",
].join("\n");
const fingerprint = "edd9e4acc55de10435f3a62626fa44ce29d398086321c09f14ca84fb36f5fec6";
const proxy = "10.0.0.7";
const terms = {
  trustedProxies: [proxy, "::1"],
  header: "x-client-cert",
  fingerprints: ["00".repeat(32), fingerprint],
};

describe("a client certificate", () => {
  it.each([
    ["its fingerprint", fingerprint],
    ["its fingerprint with colons, in capitals", (fingerprint.match(/../g) ?? []).join(":").toUpperCase()],
    ["its PEM", pem.replaceAll("\n", "\t")],
    ["its PEM, percent-encoded", encodeURIComponent(pem)],
  ])("is shown by %s, when a trusted proxy says so", (_title, told) => {
    expect(showsCertificate(terms, proxy, { "x-client-cert": told })).toBe(true);
    expect(showsCertificate(terms, `::ffff:${proxy}`, { "x-client-cert": told })).toBe(true);
    expect(showsCertificate(terms, "10.0.0.8", { "x-client-cert": told })).toBe(false);
    expect(showsCertificate(terms, null, { "x-client-cert": told })).toBe(false);
    expect(showsCertificate({ ...terms, trustedProxies: [] }, proxy, { "x-client-cert": told })).toBe(false);
    expect(
      showsCertificate({ ...terms, fingerprints: ["00".repeat(32)] }, proxy, { "x-client-cert": told }),
    ).toBe(false);
    expect(showsCertificate(terms, proxy, { "x-other": told })).toBe(false);
  });

  it.each([
    "",
    "SUCCESS",
    "%E0%A4%A",
    "-----BEGIN CERTIFICATE-----",
    fingerprint.slice(2),
    `${fingerprint}, x`,
  ])("is not shown by `%s`", (told) => {
    expect(showsCertificate(terms, proxy, { "x-client-cert": told })).toBe(false);
  });

  it("that nobody asks for is shown by nobody", () => {
    expect(showsCertificate({ ...terms, fingerprints: [] }, proxy, { "x-client-cert": "" })).toBe(false);
  });
});
