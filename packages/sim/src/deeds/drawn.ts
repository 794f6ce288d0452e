import type { EntityName } from "@crossfoot/model";
import type { Action } from "../action.ts";
import type { Random } from "../random.ts";
import type { Scene } from "../scene.ts";

type Role = "crm" | "erp";
/** Both systems, for a draw. */
export const bothRoles: readonly Role[] = ["crm", "erp"];

/** The people who work in each system. */
const people = { crm: ["ann", "ben"], erp: ["eva", "finn"] } as const;

/** What a drawing of deeds goes by. */
export interface Drawing {
  readonly random: Random;
  readonly scene: Scene;
  /** Deeds that are drawn already. */
  readonly before: readonly Action[];
}

/** Deeds as they are drawn, with ids of their own: `prefix` names the drawing. */
export class Deeds {
  readonly #actions: Action[] = [];
  readonly #prefix: string;
  readonly #random: Random;
  readonly #fault: string | undefined;

  /** `fault` is the fault that these deeds are, if they are one. */
  constructor(prefix: string, random: Random, fault?: string) {
    this.#prefix = prefix;
    this.#random = random;
    this.#fault = fault;
  }

  /** One deed of one of the people of a system. */
  push(
    at: number,
    system: Role,
    what: { readonly entity: EntityName; readonly tag: string; readonly deed: Action["deed"] },
  ): void {
    const who = this.#random.pick(people[system]);
    const id = `${this.#prefix}${this.#actions.length + 1}`;
    const label = this.#fault === undefined ? {} : { fault: this.#fault };
    this.#actions.push({ id, at, system, who, ...what, ...label });
  }

  /** Those that come before people have gone home. */
  within(endsAt: number): readonly Action[] {
    return this.#actions.filter(({ at }) => at < endsAt);
  }
}

/** Where and when each record of an entity is first made. */
export function madeOf(before: readonly Action[], entity: EntityName): readonly Action[] {
  const first = new Map<string, Action>();
  for (const action of before) {
    if (action.entity !== entity || action.deed.kind !== "create") continue;
    const known = first.get(action.tag);
    if (known === undefined || action.at < known.at) first.set(action.tag, action);
  }
  return [...first.values()];
}
