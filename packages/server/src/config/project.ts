import type { Connector, Mapping } from "@crossfoot/connector-sdk";
import type { ConnectionId, GuardLimits, JsonMap, QuotaLimits, RetryPolicy } from "@crossfoot/kernel";
import type { Contract, EntityName, Role, Roles } from "@crossfoot/model";
import type { keyRoles } from "./key-roles.ts";
import type { Setting } from "./settings.ts";
import type { Visibility } from "./visibility.ts";
import type { SealingKey } from "./sealed-key.ts";

/** Connectors by the name that crossfoot.yaml uses. */
export interface Connectors {
  readonly [system: string]: Connector;
}

/** Where the store is. The address of a server holds a password, so it is asked for and never printed. */
export type StoreHome =
  | { readonly home: "embedded"; readonly folder: string }
  | { readonly home: "server"; readonly url: () => string };

/** One connection of a project, checked. */
export interface ProjectConnection {
  readonly id: ConnectionId;
  readonly connector: string;
  readonly role: Role;
  readonly address: string;
  /** Options as the connector takes them: a description file is read already. */
  readonly options: JsonMap;
  /** The secret of that name. Throws an Error that names it when there is none. Never log the answer. */
  readonly secret: (name: string) => string;
  /** All secrets of the connection, to be looked for in what is about to be written. Never log them. */
  readonly secrets: () => readonly string[];
  readonly mapping: Mapping;
  /** SHA-256 of the mapping in force, in hex. */
  readonly mappingHash: string;
  /** Whether link-local and metadata addresses may be reached. */
  readonly isLocalAllowed: boolean;
  readonly timeoutMs: number;
  readonly concurrency: number;
  /** Limits of the system in force, and how they are shared out. */
  readonly limits: QuotaLimits;
  readonly hooks: HookSettings;
}

/** What holds for the webhook deliveries of a connection. */
export interface HookSettings {
  readonly perSecond: number;
  readonly burst: number;
  readonly backlogMax: number;
  readonly bytesMax: number;
  /** SHA-256 fingerprints in lower case hex without colons; empty where nobody has to show a certificate. */
  readonly certificates: readonly string[];
  /** In lower case. */
  readonly certificateHeader: string;
}

/** Where `up` listens, and what stands before it. */
interface ServerSettings {
  readonly host: string;
  readonly port: number;
  /** Address that senders call, without a slash at the end; null where it is what they say. */
  readonly publicUrl: string | null;
  /** Addresses and networks of proxies whose word about whoever asks, and about certificates, counts. */
  readonly trustedProxies: readonly string[];
  /** Requests that each key of the HTTP API has in a minute. */
  readonly ratePerMinute: number;
  /** Own certificate with its chain, PEM, and its key; missing where a proxy does that, or nobody. */
  readonly tls?: { readonly certificate: string; readonly key: () => string };
}

/** How people sign in with a provider of identities (OpenID Connect). */
export interface OidcSettings {
  /** As the provider writes it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: () => string;
  /** Hosts, with ports where they are not the usual ones, that may be asked beside the issuer's. */
  readonly hosts: readonly string[];
  /** Claim of the ID token that tells roles. */
  readonly claim: string;
  /** Values of that claim that make a role; the first role that fits is taken. */
  readonly roles: readonly (readonly [role: (typeof keyRoles)[number], values: readonly string[]])[];
  /** Domains that a verified address of mail has to be at, in lower case; empty where any is good. */
  readonly domains: readonly string[];
}

/** Whom events are told to, over signed webhooks. */
export interface SubscriptionSettings {
  readonly name: string;
  readonly url: string;
  /** Null for all. */
  readonly kinds: readonly string[] | null;
  /** Null for all. */
  readonly entities: readonly EntityName[] | null;
  readonly role: (typeof keyRoles)[number];
  readonly attemptsMax: number;
  readonly timeoutMs: number;
  readonly isPrivateAllowed: boolean;
  /** Secrets as they are kept, to be looked for in what is about to be written. Never log them. */
  readonly secrets: () => readonly string[];
  /** Keys that are in them. */
  readonly keys: () => readonly Uint8Array[];
}

/** Who may sign in, and for how long. */
export interface PeopleSettings {
  /** Whether pages want somebody who signed in even while nobody can. */
  readonly isRequired: boolean;
  readonly sessionIdleMs: number;
  readonly sessionLifeMs: number;
  /** Null where people have passwords alone. */
  readonly oidc: OidcSettings | null;
}

/** With what the values of the store are encrypted. Printing it shows no key. */
export interface AtRest {
  /** The key of `atRest.key`, then that of `atRest.nextKey` where there is one. */
  readonly masters: () => readonly [SealingKey, ...SealingKey[]];
  /** Name of the key of `atRest.nextKey`. */
  readonly next: string | null;
}

/** Exports that `up` and `worker` write. */
export interface ExportTerms {
  readonly everyMs: number;
  /** Absolute path. */
  readonly folder: string;
  readonly format: "csv" | "jsonl";
  /** Files of each export that are kept, the newest. */
  readonly keep: number;
}

/** A project folder, read and checked. Printing it shows no secret. */
export interface Project {
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly settings: readonly Setting[];
  readonly store: StoreHome;
  /** With what the store's values are encrypted; null where they are stored as they are. */
  readonly atRest: AtRest | null;
  readonly connections: readonly ProjectConnection[];
  readonly roles: Roles;
  /** Connections that are only observed: nothing is ever sent to them. */
  readonly observed: readonly ConnectionId[];
  /** The contract in force: the file over the defaults, with the switches of crossfoot.yaml in `enabled`. */
  readonly contract: Contract;
  /** What the contract's file calls its version, or null. */
  readonly contractVersion: string | null;
  /** SHA-256 of the contract in force, in hex. */
  readonly contractHash: string;
  /** Whether the contract has to be signed before anything is written: by nobody, by one, by each signer. */
  readonly requireSignature: "off" | "on" | "roles";
  /** Entities that flow, parents before children. */
  readonly entities: readonly EntityName[];
  readonly cadenceMs: { readonly [entity in EntityName]: number };
  readonly sweepMs: number;
  /** How long former states of documents are kept, ms. */
  readonly historyMs: number;
  /** How long plans are kept, ms. */
  readonly keepPlansMs: number;
  /** When exports are written, and where; null when they are not. */
  readonly exports: ExportTerms | null;
  /** How long a plan is good. */
  readonly planExpiresMs: number;
  readonly guard: GuardLimits;
  readonly retry: RetryPolicy;
  readonly server: ServerSettings;
  readonly people: PeopleSettings;
  readonly subscriptions: readonly SubscriptionSettings[];
  /** How long attempts to tell them are kept, ms. */
  readonly keepDeliveriesMs: number;
  /** Fields that roles of keys do not see. */
  readonly visibility: Visibility;
}
