import type { Snapshot } from "crossfoot/testing";
import type { Operator } from "./operator.ts";
import type { Scenario } from "./scenario.ts";
import type { StoreHome } from "./store-home.ts";
import type { Timeline } from "./virtual-time.ts";
import type { Worker } from "./worker.ts";

/** How often the store is backed up, virtual ms, in a run in which a backup is restored. */
const backupEveryMs = 5_000;
/** How long a restore takes, during which nothing of ours runs. */
const restoreMs = 3_000;

/** How often somebody looks whether the restored store is held, virtual ms. */
const confirmEveryMs = 20_000;

/** Backups of the store in memory, and the restore of an older one (fault T4). */
export class Backups {
  readonly #stage: {
    readonly scenario: Scenario;
    readonly timeline: Timeline;
    readonly home: StoreHome;
    readonly workers: readonly Worker[];
  };
  readonly #operator: Operator;
  readonly #taken: { readonly at: number; readonly snapshot: Snapshot }[] = [];

  constructor(
    stage: {
      readonly scenario: Scenario;
      readonly timeline: Timeline;
      readonly home: StoreHome;
      readonly workers: readonly Worker[];
    },
    operator: Operator,
  ) {
    this.#stage = stage;
    this.#operator = operator;
    const isNeeded = stage.scenario.faults.some(({ name }) => name === "T4");
    if (isNeeded && stage.home.memory !== null) this.#take();
  }

  #take(): void {
    const { timeline, home, scenario } = this.#stage;
    if (home.memory === null || timeline.now > scenario.endsAt) return;
    this.#taken.push({ at: timeline.now, snapshot: home.memory.snapshot() });
    timeline.after(backupEveryMs, () => this.#take());
  }

  /** Every worker is killed, the store is as it was `backMs` ago, and the workers start again. */
  restore(backMs: number): void {
    const { timeline, home, workers } = this.#stage;
    const wanted = timeline.now - backMs;
    const backup = this.#taken.findLast(({ at }) => at <= wanted) ?? this.#taken[0];
    if (home.memory === null || backup === undefined) return;
    for (const worker of workers) {
      worker.hold(true);
      worker.kill("the store is restored");
    }
    const kept = new Set(backup.snapshot.journal.map(({ shard, seq }) => `${shard}/${seq}`));
    const journal = home.memory.dump()["journal"] ?? [];
    home.forgotten.push(
      ...journal.filter((row) => !kept.has(`${Number(row["shard"])}/${Number(row["seq"])}`)),
    );
    home.life.count += 1;
    home.memory.restore(backup.snapshot);
    timeline.after(restoreMs, () => {
      for (const worker of workers) worker.hold(false);
    });
    timeline.after(confirmEveryMs, () => this.#confirm(home.life.count));
  }

  /** Somebody looks now and then whether the store is held, and confirms; one who is killed tries again. */
  #confirm(life: number): void {
    const { timeline, home } = this.#stage;
    if (home.life.count !== life) return;
    const [epoch] = home.memory?.snapshot().epoch ?? [];
    if (epoch?.state === "held")
      this.#operator.run(
        "epoch --confirm",
        (engine) => engine.confirmEpoch("op"),
        () => undefined,
      );
    timeline.after(confirmEveryMs, () => this.#confirm(life));
  }
}
