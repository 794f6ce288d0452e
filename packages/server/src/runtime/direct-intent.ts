import type { Intent, LinkBundle } from "../store/port.ts";
import { currentImages } from "./assess.ts";
import { referenceOf } from "./link-id.ts";
import type { World } from "./world.ts";

/** A write that no decision makes. */
export interface DirectWrite extends Pick<
  Intent,
  "target" | "kind" | "id" | "step" | "precondition" | "fields" | "transition" | "causes"
> {
  /** The same for the same write: its key follows from it. */
  readonly name: string;
  /** Field that a state change moves. */
  readonly statusField: string;
}

/** What is the same of every intent that nobody has sent yet. */
export const unsent: Pick<
  Intent,
  "runId" | "undo" | "attempts" | "fence" | "sendDeadline" | "abandonedAt" | "failure"
> = {
  ...{ runId: null, undo: null, attempts: 0, fence: 0 },
  ...{ sendDeadline: null, abandonedAt: null, failure: null },
};

/** The intent of a write that no decision makes: no decision comes to it, and the other sides' bases stay. */
export function directIntent(
  world: World,
  bundle: LinkBundle,
  { name, statusField, ...write }: DirectWrite,
): Intent {
  const moved = write.transition === null ? [] : [statusField];
  const fields = [...new Set([...Object.keys(write.fields), ...moved])];
  return {
    ...write,
    key: world.entropy.digest(name),
    link: bundle.id,
    entity: bundle.entity,
    generation: bundle.generation,
    state: "stored",
    reference: referenceOf(world, { link: bundle.id, generation: bundle.generation }),
    contentHash: world.entropy.digest(`content\n${name}`),
    sourceImages: {},
    shared: [],
    group: null,
    before: currentImages(world, { bundle, connection: write.target, fields }),
    plan: null,
    ...unsent,
  };
}
