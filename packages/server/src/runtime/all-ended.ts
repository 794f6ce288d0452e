/**
 * Waits until every one of the promises has ended, then answers their values, or rejects with the first
 * rejection in their order: nothing goes on behind the back of whoever ends the work because of it.
 */
export async function allEnded<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  const ended = await Promise.allSettled(promises);
  return ended.map((each) => {
    if (each.status === "rejected") throw each.reason;
    return each.value;
  });
}
