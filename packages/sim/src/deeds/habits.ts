import type { Json, JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import type { Action } from "../action.ts";
import type { Random } from "../random.ts";
import type { Scene } from "../scene.ts";
import { editOf } from "../workload.ts";
import { bothRoles, Deeds, madeOf } from "./drawn.ts";
import { oddDates, valuePools } from "./values.ts";

type Role = "crm" | "erp";
const otherOf = (role: Role): Role => (role === "crm" ? "erp" : "crm");

/** What a habit is drawn over. */
interface Ground {
  readonly random: Random;
  readonly scene: Scene;
  readonly deeds: Deeds;
  /** Records that the workload makes before the middle of the run. */
  readonly made: readonly Action[];
  /** The system with a filter. */
  readonly filtered: Role | undefined;
  /** All deeds of daily work. */
  readonly all: readonly Action[];
}

/** Draws one occurrence of something that people do. */
type Habit = (ground: Ground, subject: Action) => void;

/** A time after the record is made and may have come over. */
const later = ({ random, scene }: Ground, { at }: Action): number =>
  random.between(Math.min(at + 20_000, scene.endsAt - 2), scene.endsAt - 1);

const edit = (fields: JsonMap, more: object = {}): Action["deed"] => ({ kind: "edit", fields, ...more });

/** Every record of the entity, edited or deleted within moments of each other, or one run after the other. */
function everyOne(
  ground: Ground,
  subject: Action,
  deedOf: (at: number) => Action["deed"],
  paces: readonly number[],
): void {
  const { random, made, deeds } = ground;
  const { entity } = subject;
  const system = random.pick(bothRoles);
  const start = later(ground, subject);
  const pace = random.pick(paces);
  for (const [nr, { tag }] of made.filter((each) => each.entity === entity).entries()) {
    const at = start + nr * pace;
    deeds.push(at, system, { entity, tag, deed: deedOf(at) });
  }
}

const pooled =
  (fault: string): Habit =>
  (ground, subject) => {
    const { random, deeds } = ground;
    const { entity, tag } = subject;
    const field = random.pick(textFields[entity] ?? ["name"]);
    const fields = { [field]: random.pick(valuePools[fault] ?? []) };
    deeds.push(later(ground, subject), random.pick(bothRoles), { entity, tag, deed: edit(fields) });
  };

const textFields: { readonly [entity in EntityName]?: readonly string[] } = {
  accounts: ["name", "phone", "email", "taxId"],
  contacts: ["title", "phone", "email"],
  products: ["name", "description"],
};

/** What people do besides their daily work, by the fault that it is. */
const habits: {
  readonly [fault: string]: { readonly entities: readonly EntityName[]; readonly draw: Habit };
} = {
  R4: {
    entities: ["accounts", "contacts", "products"],
    draw: (ground, subject) => {
      const { random, deeds } = ground;
      const { entity, tag } = subject;
      const at = later(ground, subject);
      deeds.push(at, subject.system, { entity, tag, deed: { kind: "delete" } });
      const back = at + random.pick([500, 20_000, 90_000]);
      if (random.chance(0.7)) deeds.push(back, subject.system, { entity, tag, deed: { kind: "restore" } });
    },
  },
  R5: {
    entities: ["accounts", "contacts", "products"],
    draw: (ground, subject) => {
      const { random, scene, deeds } = ground;
      const { entity, tag } = subject;
      const system = random.pick(bothRoles);
      const at = later(ground, subject);
      const openMs = random.pick([300, scene.profiles[system].commitLagMs]);
      deeds.push(at, system, { entity, tag, deed: edit(editOf(random, { entity, at }), { openMs }) });
    },
  },
  R6: {
    entities: ["accounts", "contacts"],
    draw: (ground, subject) => {
      const { random, deeds } = ground;
      const { entity, tag } = subject;
      const at = later(ground, subject);
      const deed = edit(editOf(random, { entity, at }), { isUnmarked: true });
      deeds.push(at, random.pick(bothRoles), { entity, tag, deed });
    },
  },
  P2: {
    entities: ["accounts", "contacts", "products"],
    draw: (ground, subject) => {
      const { random, deeds } = ground;
      const { entity, tag } = subject;
      const at = later(ground, subject);
      const deed = edit(editOf(random, { entity, at }), { isOurUser: true });
      deeds.push(at, random.pick(bothRoles), { entity, tag, deed });
    },
  },
  P3: {
    entities: ["accounts", "contacts"],
    draw: (ground, subject) => {
      const { random, deeds } = ground;
      const { entity, tag } = subject;
      const at = later(ground, subject);
      const system = random.pick(bothRoles);
      deeds.push(at, system, { entity, tag, deed: { kind: "delete" } });
      const fields = editOf(random, { entity, at });
      const editedAt = Math.max(0, at + random.pick([-5_000, 0, 400, 8_000]));
      deeds.push(editedAt, otherOf(system), { entity, tag, deed: edit(fields) });
    },
  },
  P4: {
    entities: ["accounts", "contacts", "products"],
    draw: (ground, subject) => {
      const { random, deeds } = ground;
      const { entity, tag } = subject;
      const system = random.pick(bothRoles);
      const start = later(ground, subject);
      for (let nr = 0; nr < 4; nr += 1) {
        const at = start + nr * random.pick([100, 900, 2_500]);
        deeds.push(at, system, { entity, tag, deed: edit(editOf(random, { entity, at })) });
      }
    },
  },
  P6: {
    entities: ["accounts"],
    draw: ({ random, deeds }, { entity, tag, at, system, deed }) => {
      if (deed.kind !== "create") return;
      const again: Action["deed"] = { ...deed, isAgain: true };
      const where = random.pick([system, otherOf(system)]);
      deeds.push(at + random.pick([0, 300, 30_000]), where, { entity, tag, deed: again });
    },
  },
  P7: {
    entities: ["accounts", "contacts", "products"],
    draw: (ground, subject) => {
      const { random } = ground;
      const { entity } = subject;
      const isDelete = entity !== "products" && random.chance(0.4);
      everyOne(
        ground,
        subject,
        (at) => (isDelete ? { kind: "delete" } : edit(editOf(random, { entity, at }))),
        isDelete ? [1, 35_000] : [1],
      );
    },
  },
  P8: {
    entities: ["accounts", "contacts"],
    draw: (ground, subject) => mergeChain(ground, subject, { isTakenBack: false }),
  },
  P10: {
    entities: ["accounts"],
    draw: (ground, subject) => {
      const { random, deeds, filtered = "crm" } = ground;
      const { entity, tag } = subject;
      let at = later(ground, subject);
      deeds.push(at, filtered, { entity, tag, deed: { kind: "scope", isIn: false } });
      for (let edits = random.between(0, 3); edits > 0; edits -= 1) {
        at += random.pick([200, 4_000, 30_000]);
        const fields = editOf(random, { entity, at });
        deeds.push(at, random.pick([filtered, otherOf(filtered)]), { entity, tag, deed: edit(fields) });
      }
      const back = at + random.pick([100, 20_000, 70_000]);
      if (random.chance(0.7))
        deeds.push(back, filtered, { entity, tag, deed: { kind: "scope", isIn: true } });
    },
  },
  P9: {
    entities: ["accounts", "contacts"],
    draw: (ground, subject) => {
      const { random, deeds, made } = ground;
      const { entity, tag } = subject;
      if (random.chance(0.5)) mergeChain(ground, subject, { isTakenBack: true });
      else {
        const field = entity === "accounts" ? "parent" : "account";
        const parents = made.filter((each) => each.entity === "accounts" && each.tag !== tag);
        if (parents.length === 0) return;
        const fields = { [field]: random.pick(parents).tag };
        deeds.push(later(ground, subject), random.pick(bothRoles), { entity, tag, deed: edit(fields) });
      }
    },
  },
  D1: { entities: ["accounts", "contacts", "products"], draw: pooled("D1") },
  D2: { entities: ["accounts", "contacts", "products"], draw: pooled("D2") },
  D8: { entities: ["accounts", "contacts", "products"], draw: pooled("D8") },
  D7: {
    entities: ["quotes"],
    draw: (ground, subject) => {
      const { random, deeds } = ground;
      const { entity, tag, at } = subject;
      const fields = { validUntil: random.pick(oddDates) };
      deeds.push(at + random.between(10, 60_000), "crm", { entity, tag, deed: edit(fields) });
    },
  },
  D4: {
    entities: ["quotes"],
    draw: (ground, { entity, tag, at }) => {
      const { random, deeds } = ground;
      const fields = { currency: random.pick([null, "JPY", "USD"]) };
      deeds.push(at + random.between(10, 90_000), "crm", { entity, tag, deed: edit(fields) });
    },
  },
  D5: {
    entities: ["quotes"],
    draw: (ground, subject) => {
      const { random } = ground;
      const value = random.pick([
        { value: "3", unit: null },
        { value: "0.333", unit: "pc" },
        { value: "1", unit: "box" },
      ]);
      setLine(ground, subject, { field: "quantity", value });
    },
  },
  D6: {
    entities: ["quotes"],
    draw: (ground, subject) => {
      const value = ground.random.pick([
        null,
        { amount: "0", currency: "EUR" },
        { amount: "-5.00", currency: "EUR" },
      ]);
      setLine(ground, subject, { field: "unitPrice", value });
    },
  },
  P5: {
    entities: ["quotes"],
    draw: ({ random, deeds, all }, { entity, tag }) => {
      const conversion = all.find((each) => each.tag === tag && each.deed.kind === "convert");
      if (conversion === undefined) return;
      const at = Math.max(0, conversion.at + random.pick([-3_000, 0, 1, 400]));
      const deed = random.pick<Action["deed"]>([
        { kind: "step", from: ["accepted", "sent"], to: "cancelled" },
        {
          kind: "line",
          change: { kind: "set", at: 0, field: "quantity", value: { value: "99", unit: "pc" } },
        },
      ]);
      deeds.push(at, "crm", { entity, tag, deed });
    },
  },
  D10: {
    entities: ["accounts"],
    draw: (ground, subject) => {
      const { random, deeds, made } = ground;
      const { entity, tag } = subject;
      const system = random.pick(bothRoles);
      const at = later(ground, subject);
      const other = random.pick(made.filter((each) => each.entity === entity)).tag;
      // A record that is its own parent, or two that are each other's.
      deeds.push(at, system, { entity, tag, deed: edit({ parent: other }) });
      deeds.push(at + random.between(1, 5_000), system, { entity, tag: other, deed: edit({ parent: tag }) });
    },
  },
};

/** Somebody sets one field of the first line of a quote. */
function setLine(
  { random, deeds }: Ground,
  { entity, tag, at }: Action,
  { field, value }: { readonly field: string; readonly value: Json },
): void {
  const deed: Action["deed"] = { kind: "line", change: { kind: "set", at: 0, field, value } };
  deeds.push(at + random.between(10, 90_000), "crm", { entity, tag, deed });
}

/** Merges a record into another, in half of the cases that one into a third; perhaps taken back. */
function mergeChain(
  ground: Ground,
  subject: Action,
  { isTakenBack }: { readonly isTakenBack: boolean },
): void {
  const { random, made, deeds } = ground;
  const { entity } = subject;
  const others = random.some(
    made.filter((each) => each.entity === entity && each.tag !== subject.tag).map(({ tag }) => tag),
    random.between(1, 2),
  );
  const system = random.pick(bothRoles);
  let at = later(ground, subject);
  let { tag } = subject;
  for (const into of others) {
    deeds.push(at, system, { entity, tag, deed: { kind: "merge", into } });
    tag = into;
    at += random.pick([100, 5_000, 40_000]);
  }
  if (isTakenBack && others.length > 0)
    deeds.push(at + random.pick([0, 60_000]), system, {
      entity,
      tag: subject.tag,
      deed: { kind: "unmerge" },
    });
}

/** Draws the habits that exist in a seed, each from a stream of its own. */
export function drawHabits(at: {
  readonly scene: Scene;
  readonly filtered: Role | undefined;
  readonly before: readonly Action[];
  readonly stream: (label: string) => Random;
}): readonly Action[] {
  const { scene, before, filtered, stream } = at;
  return Object.entries(habits).flatMap(([fault, { entities, draw }]) => {
    if (!scene.mask.has(fault)) return [];
    const random = stream(`habit ${fault}`);
    const deeds = new Deeds(`${fault}-`, random, fault);
    const made = scene.entities
      .flatMap((entity) => madeOf(before, entity))
      .filter((each) => each.at < scene.endsAt / 2);
    const subjects = made.filter(({ entity }) => entities.includes(entity));
    if (subjects.length === 0) return [];
    for (let count = random.between(1, 2); count > 0; count -= 1)
      draw({ random, scene, deeds, made, filtered, all: before }, random.pick(subjects));
    return deeds.within(scene.endsAt);
  });
}
