import type { Snapshot } from "crossfoot/testing";
import type { History } from "./history.ts";
import type { Operator } from "./operator.ts";
import type { Scenario } from "./scenario.ts";
import type { StoreHome } from "./store-home.ts";
import { roles } from "./auditor/things.ts";
import type { Role } from "./auditor/things.ts";
import { standing } from "./system/model-system.ts";
import type { ModelSystem } from "./system/model-system.ts";
import type { Timeline } from "./virtual-time.ts";
import type { Worker } from "./worker.ts";

/** How often the store is backed up, virtual ms, in a run in which a backup is restored. */
const backupEveryMs = 5_000;
/** How long a restore takes, during which nothing of ours runs. */
const restoreMs = 3_000;

/** How often somebody looks whether the restored store is held, virtual ms. */
const confirmEveryMs = 20_000;

/** What a store and those who work on it are found by. */
interface Grounds {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly home: StoreHome;
  readonly history: History;
  readonly workers: readonly Worker[];
  readonly systems: { readonly [role in Role]: ModelSystem };
}

interface Backup {
  readonly at: number;
  readonly snapshot: Snapshot;
  /** Entries that were torn by then and stand in this backup as they are. */
  readonly torn: StoreHome["torn"];
}

/** An entry of the journal: its place is given again in another life, at another instant. */
const placeOf = (row: StoreHome["forgotten"][number]): string =>
  JSON.stringify([row["shard"], row["seq"], row["at"]]);

/** What becomes of the store in memory behind our back: an older backup (T4), a torn journal (T5). */
export class Backups {
  readonly #stage: Grounds;
  readonly #operator: Operator;
  readonly #taken: Backup[] = [];
  #hasSaid = false;

  constructor(stage: Grounds, operator: Operator) {
    this.#stage = stage;
    this.#operator = operator;
    const isNeeded = stage.scenario.faults.some(({ name }) => name === "T4");
    if (isNeeded && stage.home.memory !== null) this.#take();
  }

  #take(): void {
    const { timeline, home, scenario } = this.#stage;
    if (home.memory === null || timeline.now > scenario.endsAt) return;
    this.#taken.push({ at: timeline.now, snapshot: home.memory.snapshot(), torn: [...home.torn] });
    timeline.after(backupEveryMs, () => this.#take());
  }

  /**
   * Every worker is killed, one of the newest entries of the journal is another or gone, and the workers
   * start again. `share` says which of the entries, from the oldest (0) to the newest (1).
   */
  tear(what: string, share: number): void {
    const { home, history } = this.#stage;
    if (home.memory === null) return;
    const snapshot = home.memory.snapshot();
    const row = snapshot.journal[Math.trunc(share * snapshot.journal.length)];
    if (row === undefined) return;
    const place = `${row.shard}/${row.seq}`;
    home.torn.push(
      ...(home.memory.dump()["journal"] ?? []).filter(
        ({ shard, seq }) => `${Number(shard)}/${Number(seq)}` === place,
      ),
    );
    const other = what === "body" ? { body: { torn: home.life.count } } : { hash: `torn ${home.life.count}` };
    const journal = snapshot.journal.flatMap((each) =>
      each !== row ? [each] : what === "lost" ? [] : [{ ...each, ...other }],
    );
    history.note({ kind: "torn", place, what });
    this.#begin({ ...snapshot, journal }, "an entry of the journal is torn");
  }

  /** Every worker is killed, the store is as it was `backMs` ago, and the workers start again. */
  restore(backMs: number): void {
    const { timeline, home, history } = this.#stage;
    const wanted = timeline.now - backMs;
    const backup = this.#taken.findLast(({ at }) => at <= wanted) ?? this.#taken[0];
    if (home.memory === null || backup === undefined) return;
    const known = [...home.torn, ...home.forgotten, ...(home.memory.dump()["journal"] ?? [])];
    history.note({ kind: "restored", asOf: backup.at });
    this.#begin(backup.snapshot, "the store is restored");
    // An older life may come back, of which another one was thought to be the end.
    const there = [...backup.torn, ...(home.memory.dump()["journal"] ?? [])];
    const seen = new Set(there.map(placeOf));
    home.torn.splice(0, home.torn.length, ...backup.torn);
    home.forgotten.length = 0;
    for (const row of known) {
      const place = placeOf(row);
      if (!seen.has(place)) home.forgotten.push(row);
      seen.add(place);
    }
  }

  /** Every worker is killed, the store is as in `snapshot`, and the workers start again. */
  #begin(snapshot: Snapshot, why: string): void {
    const { timeline, home, workers } = this.#stage;
    for (const worker of workers) {
      worker.hold(true);
      worker.kill(why);
    }
    home.life.count += 1;
    home.memory?.restore(snapshot);
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
    else if (epoch?.state === "recovering" && this.#isEmptied()) this.#sayEmpty();
    timeline.after(confirmEveryMs, () => this.#confirm(life));
  }

  /** Whether people have deleted all there was in a system: it shows nothing, and hides nothing any more. */
  #isEmptied(): boolean {
    const { timeline, scenario, systems } = this.#stage;
    if (this.#hasSaid || timeline.now <= scenario.endsAt) return false;
    return roles.some((role) => {
      const rows = scenario.entities.flatMap((entity) => systems[role].everyRow(entity));
      return rows.length > 0 && rows.every((row) => standing(row).life === "deleted");
    });
  }

  /** Whoever has looked into such a system says that nothing is left; one who is killed tries again. */
  #sayEmpty(): void {
    this.#operator.run(
      "run --sweep --trust-empty",
      (engine) => engine.run({ sweep: true, trustsEmpty: true }),
      () => {
        this.#hasSaid = true;
      },
    );
  }
}
