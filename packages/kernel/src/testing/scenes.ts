import type { SideValue } from "../merge.ts";
import type { Plan } from "../plan.ts";
import type { FieldPolicy } from "../policy.ts";
import type { Value } from "../value.ts";
import { crm, erp, fieldPolicy } from "./fixtures.ts";
import { isGroup } from "./sameness.ts";
import { isIdle, World } from "./world.ts";
import type { Keeping } from "./station.ts";

/** What a field may hold in a small world, and how a system may keep it. */
export interface Universe {
  readonly kind: FieldPolicy["kind"];
  /** The last two are plain values that may change places everywhere. */
  readonly values: readonly (Value | undefined)[];
  /** What a person writes between a decision and its write; no other value is equal to it. */
  readonly edit: Value;
  /** How the second system may keep what it is given, and the courses of events to try with it. */
  readonly systems: readonly { readonly keep: Keeping; readonly plots: readonly Plot[] }[];
}

/**
 * Which observations arrive together and in what order, and who edits between the first decision and its
 * write.
 */
export interface Plot {
  readonly arrivals: readonly (readonly ("crm" | "erp")[])[];
  readonly editor: "crm" | "erp" | null;
}

/** All orders of arrival with every editor. */
export const allPlots: readonly Plot[] = [
  [["crm"], ["erp"]] as const,
  [["erp"], ["crm"]] as const,
  [["crm", "erp"]] as const,
].flatMap((arrivals) => ([null, "crm", "erp"] as const).map((editor) => ({ arrivals, editor })));

/** One editor for each order: enough where the orders themselves were tried out already. */
export const fewPlots: readonly Plot[] = [
  { arrivals: [["crm", "erp"]], editor: null },
  { arrivals: [["crm"], ["erp"]], editor: "erp" },
  { arrivals: [["erp"], ["crm"]], editor: "crm" },
];

/** A system that keeps what it is given. */
export const exact: Keeping = (value) => value;
/** A system that cuts text, and shows empty text where it was given null. */
export const cutAndBlank: Keeping = (value) =>
  typeof value === "string" ? value.slice(0, 2) : (value ?? "");
/** A system that keeps texts, and the texts of a group, in capitals. */
export const upper: Keeping = (value) => {
  if (typeof value === "string") return value.toUpperCase();
  if (!isGroup(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([part, inner]) => [part, upper(inner) as string | null]),
  );
};

/**
 * Every policy of one field in two systems. The rule for first links matters only where a base is missing.
 */
export function policiesOf(kind: FieldPolicy["kind"], isFirst: boolean): readonly FieldPolicy[] {
  const firstLinks = isFirst ? (["fill", "master", "review"] as const) : (["fill"] as const);
  return [crm, erp].flatMap((master) => {
    const other = master === crm ? erp : crm;
    return firstLinks.flatMap((onFirstLink) => [
      ...(["master", "newest", "review", "custom"] as const).map((policy) =>
        fieldPolicy({ field: "f", kind, master, policy, custom: "larger", onFirstLink }),
      ),
      ...(["restore", "keep"] as const).flatMap((onForeignEdit) => {
        const oneWay = { field: "f", kind, master, onFirstLink, onForeignEdit, writers: [master] };
        return [
          fieldPolicy({ ...oneWay, targets: [other] }),
          fieldPolicy({ ...oneWay, targets: [crm, erp] }),
        ];
      }),
    ]);
  });
}

/** Stamps that make the one, the other, or nobody the newest. */
const stampsOfNewest = [
  { crm: 10_000, erp: 50_000 },
  { crm: 50_000, erp: 10_000 },
  { crm: 50_000, erp: 50_500 },
];

/** One course of events in two systems. */
export interface Scene {
  readonly policy: FieldPolicy;
  readonly bases: readonly [Value | undefined, Value | undefined];
  readonly truths: readonly [Value | undefined, Value | undefined];
  readonly stamps: { readonly crm: number; readonly erp: number };
  readonly keep: Keeping;
  readonly plot: Plot;
  readonly edit: Value;
}

/** Every scene of a universe, but for twins in which the two plain values have only changed places. */
export function* scenesOf({ kind, values, edit, systems }: Universe): Generator<Scene> {
  const [plain, twin] = values.slice(-2);
  const pairs = values.flatMap((one) => values.map((other) => [one, other] as const));
  for (const bases of pairs) {
    const policies = policiesOf(kind, bases.includes(undefined));
    for (const truths of pairs) {
      const first = [...bases, ...truths].find((value) => value === plain || value === twin);
      if (first !== undefined && first === twin) continue;
      for (const policy of policies) {
        const stampings = policy.policy === "newest" ? stampsOfNewest : stampsOfNewest.slice(0, 1);
        for (const stamps of stampings) {
          for (const { keep, plots } of systems) {
            for (const plot of plots) yield { policy, bases, truths, stamps, keep, plot, edit };
          }
        }
      }
    }
  }
}

/** A user's rule that sometimes asks: the later word wins, if both are words. */
const larger = ([one, other]: readonly SideValue[]) => {
  if (typeof one?.view !== "string" || typeof other?.view !== "string") return null;
  return one.view > other.view ? one.connection : other.connection;
};

/**
 * Plays one scene to its end: arrivals in their order, an edit that falls between a decision and its write,
 * rest.
 */
export function play(
  { policy, bases, truths, stamps, keep, plot, edit }: Scene,
  sabotage?: (plan: Plan) => Plan,
): { readonly world: World; readonly last: Plan } {
  const kept = (value: Value | undefined) => (value === undefined ? undefined : keep(value));
  const rules = { policy, customRules: { larger }, newestToleranceMs: 1_000, stampGranularityMs: 100 };
  const world = new World(sabotage === undefined ? rules : { ...rules, sabotage }, [
    { connection: crm, base: bases[0], truth: truths[0], stamp: stamps.crm, keep: exact },
    { connection: erp, base: kept(bases[1]), truth: kept(truths[1]), stamp: stamps.erp, keep },
  ]);
  let { editor } = plot;
  const editOnce = () => {
    if (editor !== null) world.edit(editor, edit);
    editor = null;
  };
  for (const arrived of plot.arrivals) {
    for (const connection of arrived) world.observe(connection);
    const plan = world.plan();
    if (isIdle(plan)) continue;
    editOnce();
    world.apply(plan);
  }
  editOnce();
  world.observeAll();
  return { world, last: world.settle() };
}

/** One scene in words, to repeat it. */
export function tell({ policy, keep, ...scene }: Scene): string {
  const { master, policy: rule, onFirstLink, onForeignEdit, writers, targets } = policy;
  const told = { ...scene, keep: keep.name, master, rule, onFirstLink, onForeignEdit, writers, targets };
  return JSON.stringify(told, (_key, value: unknown) => (value === undefined ? "absent" : value));
}
