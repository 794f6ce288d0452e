/** One state change that a system offers. */
export interface TransitionStep {
  readonly from: string;
  readonly to: string;
  readonly via: string;
}

/**
 * The shortest way from one state to another by the changes a system offers, or undefined when there is none.
 * Among ways of equal length the one declared first is taken. Empty when both are the same state.
 */
export function planTransitions(
  offered: readonly TransitionStep[],
  way: { readonly from: string; readonly to: string },
): readonly TransitionStep[] | undefined {
  const reached = new Map<string, readonly TransitionStep[]>([[way.from, []]]);
  const queue = [way.from];
  for (let at = 0; at < queue.length; at += 1) {
    const state = queue[at] as string;
    const steps = reached.get(state) as readonly TransitionStep[];
    if (state === way.to) return steps;
    for (const step of offered) {
      if (step.from !== state || reached.has(step.to)) continue;
      reached.set(step.to, [...steps, step]);
      queue.push(step.to);
    }
  }
  return undefined;
}
