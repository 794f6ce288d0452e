import type { Delivery } from "@crossfoot/connector-sdk";
import type { Fault, FaultPort } from "./faults.ts";
import type { History } from "./history.ts";
import type { Random } from "./random.ts";
import type { Commit } from "./system/commit.ts";
import { secretOf, signedDelivery, textOf } from "./system/hooks.ts";
import type { ModelSystem } from "./system/model-system.ts";
import type { Timeline } from "./virtual-time.ts";

/** Where deliveries come in: answers the status, or null when nobody is there. */
export type Door = (
  system: "crm" | "erp",
  delivery: Omit<Delivery, "receivedAt">,
  answer: (status: number | null) => void,
) => void;

/** Longest way of a delivery, ms. */
const travelMsMax = 400;
/** How long a sender waits for an answer, and until it tries again, ms. */
const answerMsMax = 5_000;
const againMs = 10_000;
const triesMax = 3;

type Sent = Omit<Delivery, "receivedAt">;
interface Letter {
  readonly id: string;
  readonly sent: Sent;
  /** Not of the system's making: nothing may follow from it. */
  readonly isForged: boolean;
}

/**
 * Webhooks of one system: each commit is told in a delivery of its own that may be late, lost, doubled, out
 * of order or forged (faults W1 to W6). A delivery that is not taken is sent again, a few times.
 */
export class Post {
  readonly #at: {
    readonly timeline: Timeline;
    readonly history: History;
    readonly faults: FaultPort;
    readonly random: Random;
    readonly door: Door;
  };
  #count = 0;
  #isDisabled = false;
  #captured: Letter | null = null;

  constructor(at: {
    readonly timeline: Timeline;
    readonly history: History;
    readonly faults: FaultPort;
    readonly random: Random;
    readonly door: Door;
  }) {
    this.#at = at;
  }

  /** Tells of a commit, as far as the system has webhooks. */
  tell(system: ModelSystem, commit: Commit): void {
    if (!system.profile.hooks) return;
    const { faults, timeline } = this.#at;
    // A subscription that was switched off is found and switched on again when people heal things.
    if (this.#isDisabled && !faults.isHealed) return;
    const { entity, op, id } = commit;
    const fired = faults.at("delivery", { system: system.name, entity, op });
    if (fired.some(({ name, params }) => name === "W4" && params["kind"] === "disabled"))
      this.#isDisabled = true;
    const letter = this.#letter(system, { secret: secretOf(system.profile), records: [{ entity, id }] });
    const holdMs = fired.reduce((sum, fault) => sum + (fault.name === "W3" ? numberIn(fault, "ms") : 0), 0);
    if (!fired.some(({ name }) => name === "W4")) {
      timeline.after(this.#travelMs() + holdMs, () => this.#bring(system, letter, 1));
    }
    for (const fault of fired) this.#disturb(system, fault, letter);
    this.#captured = letter;
  }

  #letter(
    system: ModelSystem,
    at: {
      readonly secret: string;
      readonly records: readonly { readonly entity: string; readonly id: string }[];
      readonly ageMs?: number;
    },
  ): Letter {
    this.#count += 1;
    const id = `${system.name}-${this.#count}`;
    const stamp = system.clock.now() - (at.ageMs ?? 0);
    const isForged = at.secret !== secretOf(system.profile);
    return { id, sent: signedDelivery({ ...at, id, stamp }), isForged };
  }

  #travelMs(): number {
    return this.#at.random.between(1, travelMsMax);
  }

  /** What strangers, the network and the sender's queue make of one delivery. */
  #disturb(system: ModelSystem, fault: Fault, letter: Letter): void {
    const { timeline, random } = this.#at;
    const bring = (more: Letter, afterMs: number): void => {
      timeline.after(afterMs + this.#travelMs(), () => this.#bring(system, more, triesMax));
    };
    const records = [{ entity: "accounts", id: `none${random.between(1, 9)}` }];
    const secret = secretOf(system.profile);
    switch (fault.name) {
      case "W1":
        if (fault.params["kind"] === "replayed") bring(this.#captured ?? letter, numberIn(fault, "ms"));
        else if (fault.params["kind"] === "old")
          bring(this.#letter(system, { secret, records, ageMs: 3_600_000 }), 0);
        else bring(this.#letter(system, { secret: "guessed", records: recordsIn(letter) }), 0);
        break;
      case "W2":
        for (let count = numberIn(fault, "count"); count > 0; count -= 1)
          bring(letter, random.pick([0, 0, 3_000]));
        break;
      case "W5":
        for (let count = numberIn(fault, "count"); count > 0; count -= 1) {
          bring(this.#letter(system, { secret, records: recordsIn(letter) }), 0);
        }
        bring(misshapen(this.#letter(system, { secret, records }), fault.params["kind"]), 0);
        break;
      case "W6":
        bring(this.#letter(system, { secret, records }), 0);
        break;
    }
  }

  /** One try of a delivery; one that is not taken is tried again. */
  #bring(system: ModelSystem, letter: Letter, nth: number): void {
    const { timeline, history, door } = this.#at;
    let isOver = false;
    const heard = (status: number | null): void => {
      if (isOver) return;
      isOver = true;
      const { id, isForged } = letter;
      history.note({ kind: "delivery", system: system.name, delivery: id, isForged, status });
      const isTaken = status !== null && status < 500;
      if (!isTaken && nth < triesMax) timeline.after(againMs, () => this.#bring(system, letter, nth + 1));
    };
    timeline.after(answerMsMax, () => heard(null));
    door(system.name, letter.sent, heard);
  }
}

const numberIn = (fault: Fault, name: string): number => {
  const value = fault.params[name];
  return typeof value === "number" ? value : 0;
};

function recordsIn({ sent }: Letter): readonly { readonly entity: string; readonly id: string }[] {
  return (JSON.parse(textOf(sent.body)) as { readonly records: readonly { entity: string; id: string }[] })
    .records;
}

function misshapen(letter: Letter, kind: unknown): Letter {
  const { sent } = letter;
  if (kind === "oversized")
    return { ...letter, isForged: true, sent: { ...sent, body: Buffer.from("x".repeat(50_000)) } };
  return {
    ...letter,
    isForged: true,
    sent: { ...sent, headers: { ...sent.headers, "content-type": "text/html" } },
  };
}
