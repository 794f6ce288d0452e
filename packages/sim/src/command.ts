import { connectionId, externalId } from "@crossfoot/kernel";
import type { JsonMap } from "@crossfoot/kernel";
import type { Engine, World } from "crossfoot/testing";
import type { Action } from "./action.ts";
import { answerAll } from "./clerk.ts";
import type { Answers } from "./clerk.ts";
import { Decider } from "./decider.ts";
import type { Entry, History } from "./history.ts";
import type { Operator } from "./operator.ts";
import type { Random } from "./random.ts";
import type { Repairs } from "./repairs.ts";
import type { Scene } from "./scene.ts";

/** What an operator does at the command line, at an instant of true time: data. */
export interface Command {
  readonly id: string;
  readonly at: number;
  readonly order:
    /** `trustsEmpty`: a system that shows nothing of what is known has nothing left. */
    | { readonly kind: "run"; readonly sweep: boolean; readonly trustsEmpty?: true }
    /** `name` is the file that the plan is saved in. */
    | { readonly kind: "plan"; readonly name: string }
    | { readonly kind: "apply"; readonly name: string; readonly onDrift: "stop" | "skip" }
    /** Plans the undo of one of the last runs that wrote something, or of the plan in a file. */
    | {
        readonly kind: "undo";
        readonly name: string;
        readonly of: { readonly back: number } | { readonly file: string };
      }
    /** Plans how two accounts become one. */
    | {
        readonly kind: "join";
        readonly name: string;
        readonly system: "crm" | "erp";
        readonly tags: readonly [string, string];
        /** The first one is to survive; else the rules choose. */
        readonly isFirstKept: boolean;
      }
    /** Plans how what the plan in a file consolidated becomes two again. */
    | { readonly kind: "split"; readonly name: string; readonly of: string }
    /** Plans that a value of an account, which is there in some form, is put right. */
    | {
        readonly kind: "repair";
        readonly name: string;
        readonly system: "crm" | "erp";
        readonly tag: string;
        readonly field: "phone" | "email" | "name";
      }
    /** Plans how the repair of the plan in a file is taken back. */
    | { readonly kind: "unrepair"; readonly name: string; readonly of: string }
    | { readonly kind: "statement" }
    | { readonly kind: "answer"; readonly answers: Answers }
    /** Says a word of every record that was asked about, whatever was said of it before. */
    | { readonly kind: "rethink"; readonly isSame: boolean }
    /** Takes back what was decided of every record that was asked about. */
    | { readonly kind: "undecide" }
    /** Says of every open cluster that its records are apart; asks again about those. */
    | { readonly kind: "apart" | "reopen" };
}

type Plan = Awaited<ReturnType<Engine["plan"]>>;
type Repair = Extract<Command["order"], { readonly kind: "repair" }>;
type Thought = Extract<
  Command["order"],
  { readonly kind: "rethink" | "undecide" } | { readonly kind: "apart" | "reopen" }
>;

/** Who stands at the desk. */
const operator = "olga";

/** Draws what operators do while a run goes on. */
export function drawCommands(random: Random, scene: Scene): readonly Command[] {
  if (!random.chance(0.4)) return [];
  const commands: Command[] = [];
  const push = (at: number, order: Command["order"]): void => {
    commands.push({ id: `c${commands.length + 1}`, at, order });
  };
  for (let count = random.between(1, 3); count > 0; count -= 1) {
    const at = random.between(1_000, scene.endsAt);
    if (random.chance(0.2)) push(at, { kind: "run", sweep: true });
    else if (random.chance(0.1)) push(at, { kind: "statement" });
    else {
      const name = `plan-${commands.length + 1}`;
      push(at, { kind: "plan", name });
      const later = at + random.pick([5_000, 20_000, 120_000]);
      push(later, { kind: "apply", name, onDrift: random.pick(["stop", "skip"]) });
    }
  }
  return commands.filter(({ at }) => at <= scene.endsAt).toSorted((a, b) => a.at - b.at);
}

/** Draws plans made right after somebody has done something, and applied before the workers get to it. */
export function drawHurried(
  random: Random,
  { scene, actions }: { readonly scene: Scene; readonly actions: readonly Action[] },
): readonly Command[] {
  if (actions.length === 0 || !random.chance(0.25)) return [];
  return Array.from({ length: random.between(1, 3) }, (_, nr): readonly Command[] => {
    const name = `hurried-${nr + 1}`;
    const at = random.pick(actions).at + random.pick([50, 700, 3_000]);
    const later = at + random.pick([200, 1_500, 6_000]);
    return [
      { id: `h${nr + 1}`, at, order: { kind: "plan", name } },
      {
        id: `h${nr + 1}a`,
        at: later,
        order: { kind: "apply", name, onDrift: random.pick(["stop", "skip"]) },
      },
    ];
  })
    .flat()
    .filter(({ at }) => at <= scene.endsAt);
}

/** Draws when somebody goes through what is open, and how it is answered. */
export function drawAnswers(random: Random, scene: Scene): readonly Command[] {
  if (!random.chance(0.3)) return [];
  return Array.from({ length: random.between(1, 3) }, (_, nr): Command => {
    const answers: Answers = {
      take: random.pick(["crm", "erp"]),
      word: random.pick(["archive", "keep"]),
      isSame: random.chance(0.7),
    };
    const at = random.between(60_000, scene.endsAt);
    return { id: `w${nr + 1}`, at, order: { kind: "answer", answers } };
  });
}

/** What an operator works with beside the programs. */
interface Deskside {
  readonly history: History;
  /** The id of an account in a system's screens, or null. */
  readonly idOf: (system: "crm" | "erp", tag: string) => string | null;
  /** Two accounts are one thing from now on, to whoever judges the run. */
  readonly unite: (tags: readonly [string, string]) => void;
  /** Plain values of an account as it was read. */
  readonly shown: (system: "crm" | "erp", native: JsonMap) => JsonMap;
  readonly repairs: Repairs;
}

/** Runs the commands of a scenario; plans are kept in files that outlive the program that made them. */
export class Desk {
  readonly #operator: Operator;
  readonly #history: History;
  readonly #unite: (tags: readonly [string, string]) => void;
  readonly #idOf: (system: "crm" | "erp", tag: string) => string | null;
  readonly #shown: Deskside["shown"];
  readonly #repairs: Repairs;
  readonly #files = new Map<string, Plan>();
  readonly #decider = new Decider();

  constructor(operator: Operator, at: Deskside) {
    this.#operator = operator;
    this.#history = at.history;
    this.#idOf = at.idOf;
    this.#unite = at.unite;
    this.#shown = at.shown;
    this.#repairs = at.repairs;
  }

  #undo(name: string, of: { readonly back: number } | { readonly file: string }): void {
    const file = "file" in of ? this.#files.get(of.file) : undefined;
    // An undo that was never planned cannot be undone.
    if ("file" in of && file === undefined) return;
    this.#operator.run(
      "undo",
      async (engine) => {
        if (!("file" in of)) return undoOfRun(engine, of.back);
        const undoes: Undoes = { what: "plan", id: file?.id ?? "" };
        return { plan: await engine.undo({ ...undoes, by: "olga" }), undoes };
      },
      (made) => {
        if (made === null) return;
        this.#files.set(name, made.plan);
        this.#history.note({ kind: "planned", name, plan: made.plan, undoes: made.undoes });
      },
    );
  }

  /** Runs what makes a plan, and keeps it in a file. */
  #keep(name: string, command: string, make: (engine: Engine, world: World) => Promise<Plan | null>): void {
    this.#operator.run(command, make, (plan) => {
      if (plan === null) return;
      this.#files.set(name, plan);
      this.#history.note({ kind: "planned", name, plan });
    });
  }

  /** The records that a person sees under two names in a system. */
  #twinsOf({ system, tags, isFirstKept }: Extract<Command["order"], { readonly kind: "join" }>): Twins {
    const ids = tags.flatMap((tag) => this.#idOf(system, tag) ?? []);
    return { system, ids, isFirstKept };
  }

  /** The plan that puts one value right, as an audit of what was read last asks for it. */
  async #repair(
    engine: Engine,
    world: World,
    { order, id, at }: { readonly order: Repair; readonly id: string; readonly at: number },
  ): Promise<Plan | null> {
    const { system, field } = order;
    const record = { connection: connectionId(system), entity: "accounts", id: externalId(id) };
    const [seen] = await world.store.observationsOf([record]);
    if (seen === undefined) return null;
    const value = this.#shown(system, seen.native)[field];
    const was = typeof value === "string" ? value : "";
    const asked = { ...record, rule: "format-mix", path: field, was, to: `${field} put right ${at}` };
    const plan = await engine.repair({ of: "what was found", by: operator, asked: [asked] });
    this.#repairs.note(world, plan, operator);
    return plan;
  }

  /** A person decides who is who, or thinks better of it. */
  #think(order: Thought, at: number): void {
    const decider = this.#decider;
    if (order.kind === "rethink" || order.kind === "undecide")
      this.#operator.run(
        order.kind,
        (engine) =>
          order.kind === "undecide" ? decider.undecide(engine) : decider.rethink(engine, order.isSame),
        (said) => {
          for (const each of said) this.#history.note({ kind: "said", since: at, ...each });
        },
      );
    else
      this.#operator.run(
        order.kind,
        (engine) => (order.kind === "apart" ? decider.apart(engine) : decider.reopen(engine)),
        (count) => this.#history.note({ kind: "clusters", word: order.kind, count }),
      );
  }

  carryOut({ order, at }: Command): void {
    switch (order.kind) {
      case "run":
        this.#operator.run("run", (engine) => engine.run(runOptions(order)), ignored);
        break;
      case "answer":
        this.#operator.run(
          "answer",
          (engine) => answerAll(engine, this.#decider, order.answers),
          ({ count, said }) => {
            for (const each of said) this.#history.note({ kind: "said", since: at, ...each });
            this.#history.note({ kind: "answers", count });
          },
        );
        break;
      case "rethink":
      case "undecide":
      case "apart":
      case "reopen":
        this.#think(order, at);
        break;
      case "join":
        this.#keep(order.name, "consolidate", async (engine, world) => {
          const plan = await joinTwo(engine, world, this.#twinsOf(order));
          if (plan !== null) this.#unite(order.tags);
          return plan;
        });
        break;
      case "split": {
        const joined = this.#files.get(order.of);
        if (joined === undefined) break;
        this.#keep(order.name, "undo", (engine) => engine.undo({ what: "plan", id: joined.id, by: "olga" }));
        break;
      }
      case "repair": {
        const id = this.#idOf(order.system, order.tag);
        if (id === null) break;
        this.#keep(order.name, "repair", (engine, world) => this.#repair(engine, world, { order, id, at }));
        break;
      }
      case "unrepair": {
        const made = this.#files.get(order.of);
        if (made === undefined) break;
        const undoes: Undoes = { what: "plan", id: made.id };
        const unmake = async (engine: Engine, world: World): Promise<Plan> => {
          const plan = await engine.undo({ ...undoes, by: operator });
          this.#repairs.note(world, plan, operator);
          return plan;
        };
        this.#operator.run("undo", unmake, (plan) => {
          this.#files.set(order.name, plan);
          this.#history.note({ kind: "planned", name: order.name, plan, undoes });
        });
        break;
      }
      case "statement":
        this.#operator.run(
          "statement",
          (engine) => engine.statement(),
          (statement) => this.#history.note({ kind: "stated", statement }),
        );
        break;
      case "undo":
        this.#undo(order.name, order.of);
        break;
      case "plan":
        this.#operator.run(
          "plan",
          (engine) => engine.plan(),
          (plan) => {
            this.#files.set(order.name, plan);
            this.#history.note({ kind: "planned", name: order.name, plan });
          },
        );
        break;
      case "apply": {
        const plan = this.#files.get(order.name);
        // A plan that was never made cannot be applied.
        if (plan === undefined) break;
        const { onDrift } = order;
        // Every other time somebody approves what the guard would stop.
        const isApproved = plan.guardStops.length > 0 && at % 2 === 0;
        const approve = isApproved ? { approve: { plan: plan.id, by: "olga" } } : {};
        this.#history.note({ kind: "applying", name: order.name, plan: plan.id, isApproved });
        this.#operator.run(
          "apply",
          (engine) => engine.apply(plan, { onDrift, ...approve }),
          (summary) => this.#history.note({ kind: "applied", name: order.name, summary }),
        );
        break;
      }
    }
  }
}

const runOptions = ({
  sweep,
  trustsEmpty,
}: Extract<Command["order"], { readonly kind: "run" }>): NonNullable<Parameters<Engine["run"]>[0]> => ({
  sweep,
  ...(trustsEmpty === undefined ? {} : { trustsEmpty }),
});

/** Two records of a system that a person takes for one. */
interface Twins {
  readonly system: "crm" | "erp";
  readonly ids: readonly string[];
  readonly isFirstKept: boolean;
}

/** The plan that makes one of two accounts which stand as a cluster, as if they had been found. */
async function joinTwo(
  engine: Engine,
  world: World,
  { system, ids, isFirstKept }: Twins,
): Promise<Plan | null> {
  const [one, other] = ids;
  if (one === undefined || other === undefined) return null;
  const connection = connectionId(system);
  const id = `d-${system}-${[one, other].toSorted().join("-")}`;
  const records = [one, other].map((own) => {
    return { connection, id: externalId(own), label: own, link: null, content: own };
  });
  const day = new Date(world.clock.now()).toISOString();
  const cluster: Cluster = {
    ...{ id, entity: "accounts", connection, state: "open", band: "review", probability: 0.9 },
    ...{ isAutomatic: false, records, evidence: [], foundAt: day, dueAt: day, owner: null },
    ...{ closedAt: null, closedBy: null, plan: null, takenBackBy: null, decidedBy: null },
  };
  const row = { id, entity: "accounts", state: "open", body: cluster as never } as const;
  await world.store.saveDuplicates([row], null);
  const survivor = isFirstKept ? `${system}:${one}` : null;
  return engine.consolidate({ cluster: id, survivor, take: {}, by: "olga" });
}

type Cluster = NonNullable<Awaited<ReturnType<Engine["answerDuplicate"]>>>;

/** Runs that are looked through for one that wrote something. */
const runsTriedMax = 12;

type Undoes = NonNullable<Extract<Entry, { readonly kind: "planned" }>["undoes"]>;

/** The undo of the n-th last run that wrote something. */
async function undoOfRun(
  engine: Engine,
  back: number,
): Promise<{ readonly plan: Plan; readonly undoes: Undoes } | null> {
  const { runs } = await engine.status();
  let left = back;
  for (const { id } of runs.slice(0, runsTriedMax)) {
    const undoes: Undoes = { what: "run", id };
    try {
      const plan = await engine.undo({ ...undoes, by: "olga" });
      if (left === 0) return { plan, undoes };
      left -= 1;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "UndoRefused") throw error;
    }
  }
  return null;
}

const ignored = (): void => undefined;
