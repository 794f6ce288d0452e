import * as client from "openid-client";
import type { KeyRole } from "../../store/port.ts";

/** How people sign in with a provider of identities. */
export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Address under which browsers reach us, without a slash at the end. */
  readonly publicUrl: string;
  /** Claim that tells roles: a text or a list of texts. */
  readonly claim: string;
  /** Values of it that make a role; the first role that fits is taken. */
  readonly roles: readonly (readonly [role: KeyRole, values: readonly string[]])[];
  /** Domains that a verified address of mail has to be at, in lower case; empty where any is good. */
  readonly domains: readonly string[];
  /** Asks the provider; reaches nobody but declared hosts. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

/** What a browser keeps between its way to the provider and back. */
export interface Errand {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** A person as the provider knows them. */
interface Identity {
  /** `issuer subject`: the same for ever. */
  readonly subject: string;
  /** An address of mail, or what they are called there. */
  readonly name: string;
  readonly role: KeyRole;
}

/** A provider of identities. */
export interface Provider {
  /** Its name for people. */
  readonly host: string;
  /** Where a browser goes to sign in, and what it keeps meanwhile. Throws an IdentityRefused. */
  readonly begin: () => Promise<{ readonly to: string; readonly errand: Errand }>;
  /** Who came back. `query` is that of the callback. Throws an IdentityRefused. */
  readonly end: (query: string, errand: Errand) => Promise<Identity>;
}

/** Somebody who came from a provider is not let in. Says nothing of what the provider sent. */
export class IdentityRefused extends Error {
  /** For the audit log: `unmapped`, `domain`, or the code of what was wrong with the answer. */
  readonly why: string;

  constructor(why: string) {
    super(`not let in: ${why}`);
    this.name = "IdentityRefused";
    this.why = why;
  }
}

/** Where a provider sends browsers back to. */
export const callbackPath = "/sign-in/oidc/callback";

/** A call of the provider is given up after this, seconds. */
const timeoutSeconds = 10;

/**
 * The authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, section 3.1; RFC 7636;
 * RFC 9700). The signature of the ID token is checked although it comes over TLS.
 */
export function createProvider(options: OidcOptions): Provider {
  const { issuer, publicUrl } = options;
  const redirect_uri = `${publicUrl}${callbackPath}`;
  let known: Promise<client.Configuration> | null = null;
  const configuration = async (): Promise<client.Configuration> => {
    known ??= discover(options);
    try {
      return await known;
    } catch (error) {
      // A provider that was away is asked again by the next one who comes.
      known = null;
      throw new IdentityRefused(`provider_away ${codeOf(error)}`);
    }
  };
  return {
    host: new URL(issuer).host,
    async begin() {
      const errand: Errand = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const { state, nonce, verifier } = errand;
      const to = client.buildAuthorizationUrl(await configuration(), {
        ...{ redirect_uri, scope: "openid email profile", state, nonce },
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      });
      return { to: to.href, errand };
    },
    async end(query, { state, nonce, verifier }) {
      const config = await configuration();
      try {
        const tokens = await client.authorizationCodeGrant(config, new URL(`${redirect_uri}${query}`), {
          ...{ pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce },
          idTokenExpected: true,
        });
        const told: Claims = tokens.claims() ?? {};
        const { iss, sub } = told;
        if (typeof iss !== "string" || typeof sub !== "string") throw new IdentityRefused("no subject");
        const isWhole = told[options.claim] !== undefined && told["email"] !== undefined;
        const more = isWhole || config.serverMetadata().userinfo_endpoint === undefined;
        const asked = more ? {} : await client.fetchUserInfo(config, tokens.access_token, sub);
        return identityOf({ ...asked, ...told }, { subject: `${iss} ${sub}`, options });
      } catch (error) {
        if (error instanceof IdentityRefused) throw error;
        throw new IdentityRefused(codeOf(error));
      }
    },
  };
}

async function discover(options: OidcOptions): Promise<client.Configuration> {
  const { issuer, clientId, clientSecret } = options;
  const isPlain = new URL(issuer).protocol === "http:";
  return client.discovery(new URL(issuer), clientId, undefined, client.ClientSecretBasic(clientSecret), {
    [client.customFetch]: (url, init) => options.fetch(url, init as RequestInit),
    timeout: timeoutSeconds,
    // oxlint-disable-next-line typescript/no-deprecated -- configuration takes http:// of this machine alone
    execute: [client.enableNonRepudiationChecks, ...(isPlain ? [client.allowInsecureRequests] : [])],
  });
}

/** A stable code of what went wrong; messages of a provider may repeat what was sent. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  const told = (cause as { readonly code?: unknown } | undefined)?.code;
  const found = [code, told].filter((each) => typeof each === "string").join(" ");
  return found === "" ? error.name : found;
}

type Claims = { readonly [claim: string]: unknown };

/** Who they are here. Throws an IdentityRefused where no role is meant for them. */
function identityOf(
  claims: Claims,
  { subject, options }: { readonly subject: string; readonly options: OidcOptions },
): Identity {
  const told = claims[options.claim];
  const values = (Array.isArray(told) ? (told as unknown[]) : [told]).filter(
    (each) => typeof each === "string",
  );
  const role = options.roles.find(([, wanted]) => wanted.some((each) => values.includes(each)))?.[0];
  if (role === undefined) throw new IdentityRefused("unmapped");
  const email = typeof claims["email"] === "string" ? claims["email"].toLowerCase() : null;
  if (options.domains.length > 0) {
    const [, domain] = /^[^@\s]+@([^@\s]+)$/.exec(email ?? "") ?? [];
    const isKnown = domain !== undefined && options.domains.includes(domain);
    if (claims["email_verified"] !== true || !isKnown) throw new IdentityRefused("domain");
  }
  const called = claims["preferred_username"];
  // An address that nobody has checked would let one take the name of another.
  const checked = claims["email_verified"] === true ? email : null;
  const name = checked ?? (typeof called === "string" ? called : null);
  if (name === null) throw new IdentityRefused("nameless");
  return { subject, name, role };
}
