import { entityNames } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import { z } from "zod";

/** Nothing but what is named: an unknown key is a fault. */
export const exactly: typeof z.strictObject = z.strictObject;

/** A schema of any value. */
export const anything = (what: string): z.ZodType => z.unknown().describe(what);

/** Text of one line, of at least one character. */
export const line = (charsMax: number, what: string): z.ZodType<string> =>
  z
    .string()
    .min(1)
    .max(charsMax)
    .regex(/^[^\p{Cc}]*$/u)
    .describe(what);

/** Text that an answer holds. */
export const said = (what: string): z.ZodType<string> => z.string().describe(what);
/** Text that an answer holds, or null. */
export const saidOrNull = (what: string): z.ZodType<string | null> => z.string().nullable().describe(what);
/** A whole number that an answer holds. */
export const counted = (what: string): z.ZodType<number> => z.number().int().min(0).describe(what);

/** The name of a record: of either system as `<connection>:<native id>`, or the id of a link. */
export const recordName: z.ZodType<string> = line(
  300,
  "A record: `<connection>:<native id>` such as `crm:1001`, or the id of a link, `l-...`",
);
/** The id of a link. */
export const linkName: z.ZodType<string> = z
  .string()
  .max(100)
  .regex(/^l-[^\p{Cc}]+$/u)
  .describe("The id of a link, `l-...`");
/** The name of an entity. */
export const entity: z.ZodType<EntityName> = z.enum(entityNames).describe("One of the nine entities");
/** A decimal number as text. */
export const decimal: z.ZodType<string> = z
  .string()
  .regex(/^-?\d{1,18}(\.\d{1,12})?$/)
  .describe("A decimal number as text, such as `12.50`");
/** ISO 4217. */
export const currency: z.ZodType<string> = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .describe("ISO 4217, such as `EUR`");
/** A day. */
export const day: z.ZodType<string> = z.iso.date().describe("A day, `YYYY-MM-DD`");
/** An instant. */
export const instant: z.ZodType<string> = z.iso.datetime({ offset: true }).describe("An ISO 8601 instant");

/** What may stand in a path: nothing. */
export const noParams: z.ZodType<object> = z.strictObject({});
/** A path with one record. */
export const recordParams: z.ZodType<{ readonly id: string }> = z.strictObject({ id: recordName });
/** A query without parameters. */
export const noQuery: z.ZodType<object> = z.strictObject({});

/** The part of a list that is asked for. */
export interface Paging {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The keys of a list's query. */
export const pageKeys: {
  readonly limit: z.ZodDefault<z.ZodCoercedNumber>;
  readonly cursor: z.ZodOptional<z.ZodString>;
} = {
  limit: z.coerce.number().int().min(1).max(200).default(50).describe("Rows of the page, 200 at most"),
  cursor: z
    .string()
    .max(1_000)
    .regex(/^[A-Za-z0-9_-]+$/)
    .optional()
    .describe("`next` of the page before"),
};
/** The query of a list. */
export const paging: z.ZodType<Paging> = z.strictObject(pageKeys);

/** The part of a list of one entity, or of all. */
export type EntityPaging = Paging & { readonly entity?: EntityName | undefined };

const entityPageKeys = {
  ...pageKeys,
  entity: z.enum(entityNames).optional().describe("Only this entity"),
};
/** The query of a list of one entity, or of all. */
export const entityPaging: z.ZodType<EntityPaging> = z.strictObject(entityPageKeys);

/** The same of a list by states, of which the first is shown unless another is asked for. */
export const statePaging = <State extends string>(
  states: readonly [State, ...State[]],
): z.ZodType<EntityPaging & { readonly state: State }> =>
  z.strictObject({
    ...entityPageKeys,
    state: z
      .enum(states)
      .optional()
      .transform((state): State => state ?? states[0])
      .describe(`Only of this state; \`${states[0]}\` unless told`),
  });

/** A page of a list. */
export const pageOf = (row: z.ZodType): z.ZodType =>
  z.strictObject({
    rows: z.array(row),
    next: saidOrNull("Cursor of the next page; null on the last one"),
  });

/** What the store keeps of a failure. */
export const failure: z.ZodType = z.strictObject({
  failure: said("By the recovery it needs: transient, throttled, invalid ..."),
  code: said("Stable code"),
  message: said("What happened, and what to do"),
  status: z.number().nullable(),
  retryAt: z.number().nullable(),
  requestId: z.string().nullable(),
  field: z.string().nullable(),
});

/** A record on one of its sides. */
export const fieldsOfRecord: z.ZodType = z
  .record(z.string(), z.unknown())
  .describe("Canonical fields; a reference holds the native id of what it names");
