import type {
  Connection,
  EntityAbilities,
  Manifest,
  Mapping,
  NativeRecord,
  NativeWrite,
  WriteOutcome,
} from "@crossfoot/connector-sdk";
import { connectionId } from "@crossfoot/kernel";
import type { ExternalId, JsonMap } from "@crossfoot/kernel";
import { openGate } from "crossfoot/testing";
import type { Side } from "crossfoot/testing";
import { crmAccount, erpAccount } from "./yard/records.ts";

const accounts: EntityAbilities = {
  object: "accounts",
  incremental: "since",
  listsIds: true,
  create: true,
  update: true,
  archive: false,
  writeBatchMax: 100,
  readBatchMax: 200,
  precondition: "conditional",
  createProof: "reference",
  referenceField: "externalRef",
  answersRecord: true,
  transitions: [],
  initialStatus: null,
};

const idPageSize = 2_000;

/** A system inside this process: no HTTP, no JSON, no wait. It answers the SDK's port by itself. */
export class DirectSystem {
  readonly #name: "crm" | "erp";
  readonly #records: Map<ExternalId, NativeRecord> = new Map();
  readonly #ids: ExternalId[] = [];
  /** Calls of any kind. */
  calls = 0;

  constructor(name: "crm" | "erp") {
    this.#name = name;
  }

  get size(): number {
    return this.#ids.length;
  }

  /** Fills the system with the first accounts of the benchmarks. */
  seed(records: number): void {
    for (let at = 0; at < records; at += 1) {
      const account = crmAccount(at);
      this.#add(this.#name === "crm" ? account : erpAccount(account), 1_700_000_000_000 + at);
    }
  }

  #add(native: JsonMap, stampMs: number): NativeRecord {
    const id = `${this.#name}-${this.size + 1}` as ExternalId;
    this.#ids.push(id);
    return this.#keep({ id, native, version: 1, stampMs });
  }

  #keep(at: { id: ExternalId; native: JsonMap; version: number; stampMs: number }): NativeRecord {
    const record: NativeRecord = {
      id: at.id,
      kind: "present",
      native: at.native,
      version: String(at.version),
      versionOrder: at.version,
      modifiedAt: new Date(at.stampMs).toISOString(),
      actor: "somebody",
      into: null,
    };
    this.#records.set(at.id, record);
    return record;
  }

  #write(write: NativeWrite): WriteOutcome {
    const known = write.id === null ? undefined : this.#records.get(write.id);
    const record =
      known === undefined
        ? this.#add({ ...write.patch, externalRef: write.reference }, Date.now())
        : this.#keep({
            id: known.id,
            native: { ...known.native, ...write.patch },
            version: Number(known.version) + 1,
            stampMs: Date.now(),
          });
    return { kind: "done", id: record.id, record };
  }

  #found(ids: readonly ExternalId[]): readonly NativeRecord[] {
    return ids.flatMap((id) => this.#records.get(id) ?? []);
  }

  #connection(): Connection {
    const manifest: Manifest = {
      system: "direct",
      title: this.#name,
      entities: { accounts },
      horizonMs: 1_000,
      commitLagMs: 0,
      stampGranularityMs: 1,
      webhooks: false,
    };
    const slice = <T>(
      from: readonly T[],
      cursor: string | null,
      size: number,
    ): [readonly T[], string | null] => {
      const start = Number(cursor ?? "0");
      const end = start + size;
      return [from.slice(start, end), end < from.length ? String(end) : null];
    };
    return {
      manifest,
      describe: () => Promise.resolve({ tenant: this.#name, title: this.#name, version: null, fields: {} }),
      read: ({ since, cursor, pageSize }) => {
        this.calls += 1;
        const isRecent = (id: ExternalId): boolean =>
          (this.#records.get(id)?.modifiedAt ?? "") >= (since ?? "");
        const ids = since === null ? this.#ids : this.#ids.filter(isRecent);
        const [page, next] = slice(ids, cursor, pageSize);
        return Promise.resolve({ records: this.#found(page), unreadable: [], next });
      },
      readByIds: ({ ids }) => Promise.resolve(this.#found(ids)),
      readIds: ({ cursor }) => {
        this.calls += 1;
        const [ids, next] = slice(this.#ids, cursor, idPageSize);
        return Promise.resolve({ ids, next, isComplete: true });
      },
      write: (writes) => {
        this.calls += 1;
        return Promise.resolve(writes.map((write) => this.#write(write)));
      },
      probe: () => Promise.resolve({ records: [], by: "reference" }),
      recordUrl: () => null,
      receive: () => ({ ok: false, fault: "forged", reason: "no webhooks here" }),
    };
  }

  /** The side of an engine, with the mapping of the yard's system of that name. */
  side(mapping: Mapping): Side {
    const connection = this.#connection();
    return {
      id: connectionId(this.#name),
      role: this.#name,
      system: "direct",
      mapping,
      mappingHash: "direct",
      open: () => Promise.resolve(connection),
      gate: openGate,
      forgetTokens: () => undefined,
      calls: () => this.calls,
      timeoutMs: 1_000,
      concurrency: 4,
    };
  }
}
