import type { Saboteur } from "./saboteur.ts";
import { perRun, withConnections, withStore } from "./wrap.ts";

const rowsSeen = perRun(() => ({ count: 0 }));

/** What is read, and how far reading counts as done. */
export const reading: readonly Saboteur[] = [
  {
    name: "row-lost",
    invariant: "I08",
    title: "the cursor and the watermark pass a row that was not stored",
    sabotage: withStore((store, world) => ({
      checkpoint: (checkpoint) => {
        const seen = rowsSeen(world);
        const observations = checkpoint.observations.filter(() => {
          seen.count += 1;
          return checkpoint.cursor === null || seen.count % 3 !== 0;
        });
        return store.checkpoint({ ...checkpoint, observations });
      },
    })),
  },
  {
    name: "watermark-ahead",
    invariant: "I08",
    title: "the watermark is the newest stamp, without the commit lag",
    faults: ["R1", "R5"],
    sabotage: withStore((store) => ({
      checkpoint: (checkpoint) => {
        const { cursor } = checkpoint;
        if (cursor === null || cursor.watermark === null) return store.checkpoint(checkpoint);
        const watermark = Math.max(cursor.watermark, cursor.newestSeen ?? 0);
        return store.checkpoint({ ...checkpoint, cursor: { ...cursor, watermark } });
      },
    })),
  },
  {
    name: "lag-undeclared",
    invariant: "I08",
    title: "the declared commit lag is not subtracted",
    faults: ["R1", "R5"],
    sabotage: withConnections((connection) => ({
      ...connection,
      manifest: { ...connection.manifest, commitLagMs: 0 },
    })),
  },
  {
    name: "no-overlap",
    invariant: "I09",
    title: "a reading starts after what was read last instead of before it",
    faults: ["R1", "R5"],
    sabotage: withConnections((connection) => ({
      ...connection,
      read: (request) => {
        const { since } = request;
        const { commitLagMs, stampGranularityMs } = connection.manifest;
        if (since === null) return connection.read(request);
        const later = Date.parse(since) + commitLagMs + stampGranularityMs + 1;
        return connection.read({ ...request, since: new Date(later).toISOString() });
      },
    })),
  },
  {
    name: "id-is-record",
    invariant: "I27",
    title: "whoever has the id of a deleted record is taken for it",
    faults: ["R14", "R4", "P3", "P7"],
    sabotage: withStore((store) => ({
      commitReuse: (reuse, runId) => store.commitReuse({ ...reuse, is: "same" }, runId),
    })),
  },
  {
    name: "last-page-dropped",
    invariant: "I09",
    title: "a list ends with its first page",
    sabotage: withConnections((connection) => ({
      ...connection,
      read: async (request) => ({ ...(await connection.read(request)), next: null }),
    })),
  },
];
