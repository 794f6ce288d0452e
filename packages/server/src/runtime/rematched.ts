import type { LinkId } from "@crossfoot/kernel";
import { assess } from "./assess.ts";
import type { AssessContext, Assessed } from "./assess.ts";
import { keptFields } from "./revisions.ts";
import { rematchSingles, renewKeys } from "./resolve.ts";
import type { Rematched } from "./resolve.ts";
import type { Session } from "./world.ts";

/** Pause before links are looked at again that another worker keeps from being matched, ms. */
const matchPauseMs = 150;

/** Loads and decides a batch; single links whose keys changed are matched again first. */
export async function assessBatch(
  session: Session,
  context: AssessContext,
  links: readonly LinkId[],
): Promise<readonly Assessed[]> {
  const { store, sleep } = session.world;
  for (;;) {
    const decided = { links, assessed: await assess(context, await store.loadBundles(links)) };
    const { assessed, held } = await rematched(session, context, decided);
    if (held.size === 0 || !(await sleep(matchPauseMs, session.signal))) return assessed;
  }
}

/** The batch once single links whose keys changed have been matched again, and how many were joined. */
export async function rematched(
  session: Session,
  context: AssessContext,
  { links, assessed }: { readonly links: readonly LinkId[]; readonly assessed: readonly Assessed[] },
): Promise<Rematched & { readonly assessed: readonly Assessed[] }> {
  const { store } = session.world;
  const singles = assessed.flatMap(({ bundle, input }) => {
    const members = Object.values(input.members);
    const [only] = members;
    if (bundle.state !== "single" || members.length !== 1 || only === undefined) return [];
    return [{ link: bundle.id, connection: only.view.connection, fields: only.view.fields }];
  });
  const held = await renewKeys(session, context.policy, assessed.filter(movesKeys).flatMap(membersIn));
  const again = await rematchSingles(session, context.policy, singles);
  const left = new Set([...held, ...again.held, ...again.waiting]);
  const rematched = { ...again, held: new Set([...held, ...again.held]) };
  if (again.joined === 0)
    return { ...rematched, assessed: assessed.filter(({ bundle }) => !left.has(bundle.id)) };
  const bundles = await store.loadBundles(links.filter((link) => !left.has(link)));
  const living = bundles.filter(({ state }) => state !== "merged");
  return { ...rematched, assessed: await assess(context, living) };
}

/** Whether a link that was decided before shows other declared keys now. */
function movesKeys({ bundle, input, plan }: Assessed): boolean {
  if (bundle.verdict === null || bundle.state === "single") return false;
  const names = new Set([...input.policy.matchKeys.flat(), ...keptFields(input.policy)]);
  const written = plan.writes.flatMap(({ fields }) => Object.keys(fields));
  const agreed = plan.baseMoves.flatMap(({ fields }) => fields);
  return [...written, ...agreed].some((field) => names.has(field));
}

const membersIn = ({ bundle, input }: Assessed) =>
  Object.values(input.members).map(({ view }) => {
    return { link: bundle.id, connection: view.connection, fields: view.fields };
  });
