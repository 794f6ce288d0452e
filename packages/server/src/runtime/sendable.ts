import { writePatch } from "@crossfoot/connector-sdk";
import type { ConnectionId, PlannedWrite, Problem } from "@crossfoot/kernel";
import type { Assessed } from "./assess.ts";
import { splitRefused } from "./record.ts";
import { mappingOf, sideOf } from "./world.ts";
import type { World } from "./world.ts";

/** Writes of a decision that a plan can promise, and those that their target's mapping cannot express. */
export interface Promised {
  readonly writes: readonly PlannedWrite[];
  readonly unsendable: readonly {
    readonly target: ConnectionId;
    readonly problems: { readonly [field: string]: Problem };
  }[];
}

/**
 * The writes of a decision that are neither refused already nor impossible to put into the target's native
 * form. Nothing of a record goes to a target that cannot take one of its writes.
 */
export function promised(world: World, one: Assessed): Promised {
  const kept = known.get(one) ?? promise(world, one);
  known.set(one, kept);
  return kept;
}

/** A plan asks several times about one decision. */
const known = new WeakMap<Assessed, Promised>();

function promise(world: World, one: Assessed): Promised {
  const { writes } = splitRefused(world, one);
  const unsendable = writes.flatMap((write) => {
    const problems = problemsOf(world, one, write);
    return Object.keys(problems).length === 0 ? [] : [{ target: write.target, problems }];
  });
  if (unsendable.length === 0) return { writes, unsendable };
  const closed = new Set(unsendable.map(({ target }) => target));
  return { writes: writes.filter(({ target }) => !closed.has(target)), unsendable };
}

function problemsOf(
  world: World,
  one: Assessed,
  write: PlannedWrite,
): Promised["unsendable"][number]["problems"] {
  const { bundle } = one;
  const side = sideOf(world, write.target);
  const mapping = mappingOf(side, bundle.entity);
  if (mapping === undefined || write.kind === "transition") return {};
  const isCreate = write.kind === "create";
  const member = bundle.members.find(({ connection }) => connection === write.target);
  const lines = bundle.lines.filter(({ connection }) => connection === write.target);
  return writePatch(mapping, write.fields, {
    isCreate,
    current: isCreate ? {} : (member?.observation?.native ?? {}),
    context: {
      connection: side.id,
      // What is referred to may be planned itself: its id is not known yet, and is no problem.
      idOf: () => undefined,
      lineIdOf: (field, key) => lines.find((line) => line.field === field && line.key === key)?.nativeId,
    },
  }).problems;
}
