import type { Entry, History } from "./history.ts";

/** Lines of a history that are shown of its beginning and of its end. */
const linesMax = 200;

/** A history up to an instant, in lines for a person: what people, systems, network and workers did. */
export function showHistory(history: History, until = Infinity): readonly string[] {
  const lines = history.entries.flatMap((entry) => {
    if (entry.at > until) return [];
    const text = lineOf(entry);
    return text === null ? [] : [`${clock(entry.at)}  ${text}`];
  });
  if (lines.length <= 2 * linesMax) return lines;
  const left = `... ${lines.length - 2 * linesMax} lines left out ...`;
  return [...lines.slice(0, linesMax), left, ...lines.slice(-linesMax)];
}

function clock(at: number): string {
  const seconds = (at / 1000).toFixed(3).padStart(9);
  return `${seconds} s`;
}

function lineOf(entry: Entry): string | null {
  switch (entry.kind) {
    case "phase":
      return `--- ${entry.phase}`;
    case "action": {
      const { system, who, entity, tag, deed } = entry.action;
      const fields = "fields" in deed ? ` ${JSON.stringify(deed.fields)}` : "";
      const skipped = entry.outcome === "done" ? "" : " (not possible)";
      return `${who} in ${system}: ${deed.kind} ${entity} ${tag}${fields}${skipped}`;
    }
    case "torn":
      return `*** entry ${entry.place} of the journal: ${entry.what}`;
    case "restored":
      return `*** the store is as of ${clock(entry.asOf)} again`;
    case "answers":
      return `a person answers ${entry.count} open questions`;
    case "said": {
      const { connection, entity, id } = entry.record;
      return `a person says ${entry.word} of ${connection} ${entity} ${id}: ${entry.outcome}`;
    }
    case "clusters":
      return `a person says ${entry.word} of ${entry.count} clusters`;
    case "delivery": {
      const { system, delivery, isForged, status } = entry;
      return `${system} delivers ${delivery}${isForged ? " (forged)" : ""}: ${status ?? "no answer"}`;
    }
    case "commit": {
      const { system, op, entity, id, tag, actor, after, before } = entry.commit;
      const by = actor.kind === "us" ? `us, call ${actor.call}` : actor.name;
      const changed = Object.entries(after.native).filter(
        ([root, value]) => JSON.stringify(before?.native[root]) !== JSON.stringify(value),
      );
      const values = JSON.stringify(Object.fromEntries(changed));
      return `${system} commits ${op} ${entity} ${id} (${tag}) v${after.version} by ${by}: ${values}`;
    }
    case "fault":
      return `*** fault ${entry.fault.id} ${JSON.stringify(entry.fault.params)}`;
    case "planned":
      return `plan ${entry.name} is made: ${entry.plan.writes.length} writes`;
    case "stated":
      return "a statement is made";
    case "applying":
      return `plan ${entry.name} is to be applied`;
    case "applied":
      return `plan ${entry.name}: ${entry.summary.state}, ${entry.summary.applied} written`;
    case "call": {
      const writes = entry.writes
        .map(({ kind, id, precondition }) => `${kind} ${id ?? ""} if v${precondition ?? "-"}`)
        .join(", ");
      return `${entry.worker} calls ${entry.system} ${entry.call} ${entry.entity} #${entry.id} ${writes}`;
    }
    case "reached":
      return entry.outcomes.length === 0 ? null : `#${entry.id} reached its system`;
    case "answered":
      return entry.outcome === "ok" ? null : `#${entry.id} ${entry.outcome}: ${entry.code ?? ""}`;
    case "store":
      return /^(acquire|commit|abandon|claim|withdraw)/.test(entry.method) || entry.step === "failed"
        ? `${entry.worker} store ${entry.method} ${entry.step} ${JSON.stringify(entry.facts)}`
        : null;
    case "worker":
      return `${entry.worker} ${entry.event} ${JSON.stringify(entry.facts)}`;
  }
}
