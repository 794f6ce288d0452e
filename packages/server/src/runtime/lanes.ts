/**
 * Works through a list in so many lanes at once. Every lane ends before the first error is told, so that
 * nothing is still going on when the caller gives up what it holds.
 */
export async function inLanes<Each>(
  list: readonly Each[],
  lanes: number,
  work: (each: Each) => Promise<void>,
): Promise<void> {
  let next = 0;
  let isBroken = false;
  const lane = async (): Promise<void> => {
    while (next < list.length && !isBroken) {
      const each = list[next] as Each;
      next += 1;
      try {
        await work(each);
      } catch (error) {
        isBroken = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.max(lanes, 1) }, lane));
  const broken = ended.find(({ status }) => status === "rejected");
  if (broken?.status === "rejected") throw broken.reason;
}
