import type { Checker, Sight, Violation } from "../checker.ts";
import { Readings } from "../auditor/readings.ts";

/**
 * I08: the cursor never passes a row that is not stored, and the watermark never passes the newest stamp seen
 * less the declared commit lag. Judged at each end of a reading, from what the store was given.
 */
export function watermarkSafe(sight: Sight): Checker {
  let looked = 0;
  const readings = new Readings(sight);
  return {
    invariant: "I08",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      const ended = readings.see(entry);
      if (ended === null || ended.watermark === null) return [];
      looked += 1;
      const { role, entity, at, watermark, watermarkBefore, newest, lagMs, steady, isStored } = ended;
      const about = { system: role, entity };
      const far: Violation[] =
        watermark <= newest - lagMs
          ? []
          : [
              {
                invariant: "I08",
                message: `the watermark of ${role} ${entity} is ${watermark - newest + lagMs} ms too far`,
                at,
                about,
              },
            ];
      const passed = steady.filter(
        ({ row, state }) =>
          state.stamp >= watermarkBefore && state.stamp < watermark && !isStored(row, state),
      );
      return [
        ...far,
        ...passed.map(({ row }) => ({
          invariant: "I08",
          message: `the watermark of ${role} ${entity} passed ${row.id} (${row.tag}), which is not stored`,
          at,
          about: { ...about, id: row.id },
        })),
      ];
    },
  };
}
