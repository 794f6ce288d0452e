import { memoryUsage } from "node:process";

const lookEveryMs = 25;

/** Watches the resident size of this process. `stop` answers the largest seen, MB. */
export function watchResident(): { readonly stop: () => number } {
  let most = memoryUsage.rss();
  const timer = setInterval(() => {
    most = Math.max(most, memoryUsage.rss());
  }, lookEveryMs);
  return {
    stop: () => {
      clearInterval(timer);
      return Math.max(most, memoryUsage.rss()) / 1_048_576;
    },
  };
}
