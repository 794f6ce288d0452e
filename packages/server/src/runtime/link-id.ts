import type { LinkId } from "@crossfoot/kernel";
import type { RecordKey } from "../store/port.ts";
import type { World } from "./world.ts";

/** A link's id follows from its first member, so that equal worlds get equal links. */
export function linkIdOf(world: World, record: RecordKey, round = 0): LinkId {
  const name = `${record.entity}\n${record.connection}\n${record.id}${round === 0 ? "" : `\n${round}`}`;
  return `l-${world.entropy.digest(name).slice(0, 20)}` as LinkId;
}

/** Our reference, stored on what we create: short, without meaning, the same for every attempt. */
export function referenceOf(world: Pick<World, "entropy">, at: { link: LinkId; generation: number }): string {
  return `CF-${world.entropy.digest(`${at.link}\n${at.generation}`).slice(0, 16)}`;
}
