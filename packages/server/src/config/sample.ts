import { evaluateExpressions, imagesOf, isInScope, readFields } from "@crossfoot/connector-sdk";
import type { EntityMapping } from "@crossfoot/connector-sdk";
import type { JsonMap, Value } from "@crossfoot/kernel";
import { isKnownCurrency } from "@crossfoot/model";
import type { ProjectConnection } from "./project.ts";

/** What the mapping makes of one field of a sample. */
interface SampleField {
  readonly field: string;
  /** Native roots it is read from, as the record shows them. Missing when the field is absent. */
  readonly image?: JsonMap;
  /** The canonical value. Missing when the field is absent or refused. */
  readonly value?: Value;
  /** Why it was refused. */
  readonly problem?: string;
  /** Where it comes from: roots, or `constant`. */
  readonly from: readonly string[];
}

/** What the mapping makes of a sample record. */
export interface SampleReport {
  readonly inScope: boolean | "unknown";
  readonly fields: readonly SampleField[];
  /** Roots of the record that no field reads. */
  readonly unmapped: readonly string[];
}

/**
 * Maps one native record as a run would, without any system: references are shown as they await their link.
 */
export async function mapSample(
  connection: ProjectConnection,
  mapping: EntityMapping,
  native: JsonMap,
): Promise<SampleReport> {
  const evaluated = await evaluateExpressions(mapping, native);
  const { fields, problems } = readFields(mapping, evaluated, {
    connection: connection.id,
    linkOf: () => undefined,
    lineKeyOf: () => undefined,
    isKnownCurrency,
  });
  const images = imagesOf(mapping, evaluated);
  return {
    inScope: isInScope(mapping, native),
    fields: Object.entries(mapping.fields).map(([field, each]) => {
      const image = images[field];
      const value = fields[field];
      const problem = problems[field];
      return {
        field,
        ...(image === undefined ? {} : { image }),
        ...(value === undefined ? {} : { value }),
        ...(problem === undefined ? {} : { problem: `${problem.code}: expected ${problem.expected}` }),
        from: each.source.from === "constant" ? ["constant"] : each.roots,
      };
    }),
    unmapped: Object.keys(native).filter((root) => !mapping.roots.includes(root)),
  };
}
