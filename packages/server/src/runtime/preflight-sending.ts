import { writePatch } from "@crossfoot/connector-sdk";
import type { EntityMapping } from "@crossfoot/connector-sdk";
import type { EntityName, ExternalId, Fields, LinkId } from "@crossfoot/kernel";
import type { PreflightFinding } from "./moment-port.ts";
import { finding, linesOf } from "./preflight-words.ts";

/** What of a quote the ERP's mapping cannot write: of the header, and by line. */
export interface Unsendable {
  readonly header: readonly PreflightFinding[];
  readonly lines: readonly (readonly PreflightFinding[])[];
}

/** Tries how a quote would be written that the ERP does not have yet. Writes nothing. */
export function unsendableIn(
  mapping: EntityMapping,
  quote: Fields,
  known: {
    readonly connection: string;
    readonly idOf: (entity: EntityName, link: LinkId) => ExternalId | undefined;
  },
): Unsendable {
  const context = { ...known, lineIdOf: () => undefined };
  const problemsOf = (fields: Fields): ReturnType<typeof writePatch>["problems"] =>
    writePatch(mapping, fields, { isCreate: true, current: {}, context }).problems;
  const { lines: _lines, ...head } = quote;
  const said = (field: string, expected: string): PreflightFinding =>
    finding("blocked", "not_sendable", {
      message: `${field} cannot be written to ${known.connection}: expected ${expected}`,
      fix: "change it on the quote, or have the mapping changed",
    });
  return {
    header: Object.entries(problemsOf(head)).map(([field, { expected }]) => said(field, expected)),
    lines: linesOf(quote).map((line) => {
      const problem = problemsOf({ ...head, lines: [line] })["lines"];
      return problem === undefined ? [] : [said("the line", problem.expected)];
    }),
  };
}
