import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { WriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { auditRules } from "@crossfoot/model";
import type { AuditFinding } from "@crossfoot/model";
import { csvLine } from "./csv-cell.ts";
import type { AuditReport } from "./report.ts";

const findingHead = [
  ...["severity", "rule", "system", "entity", "id", "row", "field", "value", "says"],
  ...["other_system", "other_id", "other_value", "repair"],
];
const repairHead = ["id", "field", "from", "to", "rule"];

/** Files that findings are written to. */
export interface FindingFiles {
  readonly write: (findings: readonly AuditFinding[]) => Promise<void>;
  /** Ends the files, and answers their names. */
  readonly close: () => Promise<readonly string[]>;
  /** Ends the files and takes them away: half of the findings would pass for all. */
  readonly discard: () => Promise<void>;
}

/**
 * Writes findings to `findings.csv`, one a row, and where `hasRepairs` certain repairs to
 * `repairs-<side>-<entity>.csv`, in the form in which a system takes them in. Waits where the disk is slower.
 * Rejects where it cannot be written.
 */
export function writeFindings(
  folder: string,
  { hasRepairs }: { readonly hasRepairs: boolean },
): FindingFiles {
  const open = new Map<string, WriteStream>();
  const failures: Error[] = [];
  const streamOf = (name: string, head: readonly string[]): WriteStream => {
    const known = open.get(name);
    if (known !== undefined) return known;
    const stream = createWriteStream(join(folder, name));
    stream.on("error", (error) => failures.push(error));
    open.set(name, stream);
    stream.write(csvLine(head));
    return stream;
  };
  const write = async (stream: WriteStream, text: string): Promise<void> => {
    const [failure] = failures;
    if (failure !== undefined) throw failure;
    if (text !== "" && !stream.write(text)) await once(stream, "drain");
  };
  streamOf("findings.csv", findingHead);
  return {
    write: async (findings) => {
      const texts = findings.map((each) =>
        csvLine([
          ...[auditRules[each.rule].severity, each.rule, each.side, each.entity, each.id, String(each.row)],
          ...[each.field, each.value, each.says],
          ...[each.other?.side ?? "", each.other?.id ?? "", each.other?.value ?? "", each.repair ?? ""],
        ]),
      );
      await write(streamOf("findings.csv", findingHead), texts.join(""));
      const repairable = hasRepairs ? findings.filter(({ repair }) => repair !== null) : [];
      for (const [name, own] of Map.groupBy(
        repairable,
        (each) => `repairs-${each.side}-${each.entity}.csv`,
      )) {
        const lines = own.map((each) =>
          csvLine([each.id, each.field, each.value, each.repair ?? "", each.rule]),
        );
        await write(streamOf(name, repairHead), lines.join(""));
      }
    },
    discard: async () => {
      for (const [name, stream] of open) {
        stream.destroy();
        if (!stream.closed) await once(stream, "close");
        await rm(join(folder, name), { force: true });
      }
    },
    close: async () => {
      for (const stream of open.values()) {
        stream.end();
        await finished(stream);
      }
      return [...open.keys()];
    },
  };
}

const fieldHead = [
  ...["system", "entity", "field", "taken_for", "records", "filled"],
  ...["completeness", "validity", "uniqueness", "consistency"],
];
/** A share from 0 to 1; empty for none. */
const shareText = (share: number | null): string => (share === null ? "" : share.toFixed(4));

/** How good each field of each list is, as CSV: shares from 0 to 1, empty where there is nothing to ask. */
export function fieldsCsv({ lists }: AuditReport): string {
  const rows = lists.flatMap(({ side, entity, records, columns }) =>
    columns.map((each) => [
      ...[side, entity, each.name, each.meaning, String(records), String(each.filled)],
      ...[each.completeness, each.validity, each.uniqueness, each.consistency].map(shareText),
    ]),
  );
  return [fieldHead, ...rows].map(csvLine).join("");
}
