import type { Json, JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import type { Random } from "../random.ts";
import { totalsOf } from "./amounts.ts";
import type { Profile } from "./profile.ts";

/** Which field of a document a system numbers by itself. */
const numbered: { readonly [role in Profile["role"]]: { readonly [entity: string]: string } } = {
  crm: { quotes: "number" },
  erp: { quotes: "erpNumber", orders: "number", invoices: "number", shipments: "number" },
};
/** Documents whose totals every system works out for itself. */
const totalled: ReadonlySet<EntityName> = new Set(["quotes"]);

/** What a system does by itself with documents: it adds them up and numbers them. */
export class Office {
  readonly #profile: Profile;
  readonly #random: Random;
  readonly #felt: (fault: string) => void;
  readonly #last = new Map<string, number>();
  readonly #takenBack = new Map<string, string[]>();

  constructor(at: {
    readonly profile: Profile;
    readonly random: Random;
    readonly felt: (fault: string) => void;
  }) {
    this.#profile = at.profile;
    this.#random = at.random;
    this.#felt = at.felt;
  }

  /** The field that this system numbers documents of the entity by, or undefined. */
  numberField(entity: EntityName): string | undefined {
    return numbered[this.#profile.role][entity];
  }

  /** Plain fields that the system sets by itself in a commit, over what it was given; null for none. */
  completed(entity: EntityName, plainOf: () => JsonMap): JsonMap | null {
    if (!totalled.has(entity)) return null;
    const plain = plainOf();
    const { rounding } = this.#profile;
    const { currency = null } = plain;
    const amounts = totalsOf(plain, rounding);
    if (rounding.scope === "line" || rounding.mode !== "half_up") this.#felt("D3");
    const money = (amount: string): Json => ({ amount, currency });
    return { net: money(amounts.net), tax: money(amounts.tax), gross: money(amounts.gross) };
  }

  /** The number of a document that has just been made, or left the state of a draft. */
  number(entity: EntityName, isDraft: boolean): string {
    const { role, numbering } = this.#profile;
    const prefix = `${role === "crm" ? "C" : ""}${entity.slice(0, 1).toUpperCase()}`;
    if (numbering === "late" && isDraft) {
      this.#felt("R15");
      return `*${prefix}${this.#next(`${entity} drafts`)}`;
    }
    const again = this.#takenBack.get(entity)?.pop();
    if (again !== undefined) return again;
    if (numbering === "gaps" && this.#random.chance(0.4)) {
      this.#felt("R15");
      this.#next(entity);
    }
    return `${prefix}${String(this.#next(entity)).padStart(4, "0")}`;
  }

  /** A draft is gone: where numbers are given again, its number goes to another document. */
  takeBack(entity: EntityName, number: Json | undefined): void {
    if (this.#profile.numbering !== "gaps" || typeof number !== "string") return;
    this.#felt("R15");
    this.#takenBack.set(entity, [...(this.#takenBack.get(entity) ?? []), number]);
  }

  /** Whether a number stands only until the document leaves the state of a draft. */
  isProvisional(number: Json | undefined): boolean {
    return typeof number === "string" && number.startsWith("*");
  }

  #next(name: string): number {
    const next = (this.#last.get(name) ?? 0) + 1;
    this.#last.set(name, next);
    return next;
  }
}
