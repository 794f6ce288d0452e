import { KeptAnswers } from "./moment-answer.ts";
import { cancellingOf } from "./moment-cancel.ts";
import { changingOf } from "./moment-change.ts";
import { orderingOf } from "./moment-order.ts";
import type { Moment } from "./moment-port.ts";
import { preflightOf } from "./moment-preflight.ts";
import { questionsOf } from "./moment-questions.ts";
import type { World } from "./world.ts";

/** What is answered in the moment, over a world. */
export function createMoment(world: World): Moment {
  const kept = new KeptAnswers(world.clock);
  return {
    ...questionsOf(world, kept),
    ...preflightOf(world, kept),
    ...orderingOf(world),
    ...cancellingOf(world),
    ...changingOf(world),
  };
}
