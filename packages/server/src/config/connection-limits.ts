import { isTimeZone } from "@crossfoot/connector-sdk";
import type { DeclaredLimits } from "@crossfoot/connector-sdk";
import { lanes } from "@crossfoot/kernel";
import type { CallLimit, LaneShares, QuotaLimits } from "@crossfoot/kernel";
import { note } from "./connection-work.ts";
import type { Work } from "./connection-work.ts";

type Value = (key: string) => unknown;

const numberAt = (value: Value, key: string): number | null => {
  const found = value(`limits.${key}`);
  return typeof found === "number" ? found : null;
};

/** The limits of a connection: what its connector declares, and over it what the project says. */
export function loadLimits(work: Work, declared: DeclaredLimits, value: Value): QuotaLimits {
  const floors = Object.fromEntries(
    lanes.map((lane) => [lane, numberAt(value, `floor.${lane}`) ?? 0]),
  ) as LaneShares;
  const sum = lanes.reduce((total, lane) => total + floors[lane], 0);
  if (sum > 1)
    note(work, ["limits", "floor"], {
      message: `the floors of all lanes come to ${sum.toFixed(2)}; more than 1 cannot be kept`,
    });
  return {
    windows: [...rollingLimits(work, declared, value), ...dailyLimits(work, declared, value)],
    concurrency: numberAt(value, "concurrency") ?? declared.concurrency,
    reserve: numberAt(value, "reserve") ?? 0,
    floors,
  };
}

/** Limits of a span: the project's own takes the place of the shortest one that is declared. */
function rollingLimits(work: Work, declared: DeclaredLimits, value: Value): readonly CallLimit[] {
  const known = declared.windows
    .filter(({ windowMs }) => windowMs !== null)
    .toSorted((a, b) => (a.windowMs ?? 0) - (b.windowMs ?? 0));
  const [shortest, ...longer] = known;
  const requests = numberAt(value, "requests") ?? shortest?.requests ?? null;
  const windowMs = numberAt(value, "window") ?? shortest?.windowMs ?? null;
  if (requests !== null && windowMs !== null)
    return [{ name: shortest?.name ?? "window", requests, windowMs, zone: null }, ...longer];
  if (requests !== null || windowMs !== null) {
    const missing = requests === null ? "requests" : "window";
    note(work, ["limits"], { message: `\`${missing}\` is missing: a limit is so many calls in so long` });
  }
  return known;
}

/** Limits of a day: the project's own takes the place of the declared ones. */
function dailyLimits(work: Work, declared: DeclaredLimits, value: Value): readonly CallLimit[] {
  const known = declared.windows.filter(({ windowMs }) => windowMs === null);
  const daily = numberAt(value, "daily");
  const said = value("limits.zone");
  const zone = typeof said === "string" ? said : null;
  if (zone !== null && !isTimeZone(zone))
    note(work, ["limits", "zone"], {
      message: `\`${zone}\` is no time zone; write one such as Europe/Berlin`,
    });
  if (daily === null) return known.map((limit) => ({ ...limit, zone: zone ?? limit.zone }));
  return [
    { name: known[0]?.name ?? "day", requests: daily, windowMs: null, zone: zone ?? known[0]?.zone ?? null },
  ];
}
