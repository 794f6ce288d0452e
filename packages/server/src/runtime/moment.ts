import { behindOf } from "./behind.ts";
import { KeptAnswers } from "./moment-answer.ts";
import { cancellingOf } from "./moment-cancel.ts";
import { changingOf } from "./moment-change.ts";
import { orderingOf } from "./moment-order.ts";
import type { Moment } from "./moment-port.ts";
import { preflightOf } from "./moment-preflight.ts";
import { questionsOf } from "./moment-questions.ts";
import type { World } from "./world.ts";

/** What is answered in the moment, over a world; `rest` waits for what goes on behind the answers. */
export function createMoment(world: World): { readonly moment: Moment; readonly rest: () => Promise<void> } {
  const kept = new KeptAnswers(world.clock);
  const behind = behindOf(world);
  const moment: Moment = {
    ...questionsOf(world, kept),
    ...preflightOf(world, kept),
    ...orderingOf(world, behind),
    ...cancellingOf(world, behind),
    ...changingOf(world, behind),
  };
  return { moment, rest: behind.rest };
}
