import type { Connector, Mapping } from "@crossfoot/connector-sdk";
import type { ConnectionId, GuardLimits, JsonMap, QuotaLimits, RetryPolicy } from "@crossfoot/kernel";
import type { Contract, EntityName, Role, Roles } from "@crossfoot/model";
import type { Setting } from "./settings.ts";
import type { Visibility } from "./visibility.ts";

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
  readonly mapping: Mapping;
  /** SHA-256 of the mapping in force, in hex. */
  readonly mappingHash: string;
  readonly timeoutMs: number;
  readonly concurrency: number;
  /** Limits of the system in force, and how they are shared out. */
  readonly limits: QuotaLimits;
}

/** A project folder, read and checked. Printing it shows no secret. */
export interface Project {
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly settings: readonly Setting[];
  readonly store: StoreHome;
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
  /** How long a plan is good. */
  readonly planExpiresMs: number;
  readonly guard: GuardLimits;
  readonly retry: RetryPolicy;
  readonly server: { readonly host: string; readonly port: number; readonly ratePerMinute: number };
  /** Fields that roles of keys do not see. */
  readonly visibility: Visibility;
}
