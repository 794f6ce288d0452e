import type { Json, JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import type { Checker, Sight, Violation } from "../checker.ts";
import { amountIn, exact, lineSum } from "../auditor/money.ts";
import { areRowsExplained, isAmountExplained, rowsOfPair } from "../auditor/explained.ts";
import { writersOf } from "../auditor/terms.ts";
import type { Role, Thing } from "../auditor/things.ts";
import { plainPair, roles, thingsOf } from "../auditor/things.ts";
import { Told } from "../auditor/told.ts";
import type { Entry } from "../history.ts";
import { totalsOf } from "../system/amounts.ts";
import { isMap } from "../system/dialect.ts";
import { standing } from "../system/model-system.ts";
import type { Row } from "../system/model-system.ts";

type Statement = Extract<Entry, { readonly kind: "stated" }>["statement"];
type Plain = { readonly [role in Role]: JsonMap };

const totals = ["net", "tax", "gross", "openBalance"] as const;
/** What the amount of a row is made of. */
const partsOfRows: { readonly [field: string]: readonly string[] } = {
  lines: ["quantity", "unitPrice"],
  payments: ["amount"],
};
const documents: readonly EntityName[] = ["quotes", "orders", "invoices"];
const listOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

/**
 * I11: at quiet both sides of a linked document have the same line sums, totals and open balance, unless a
 * person is told; totals that each system works out for itself differ by just what their rounding explains.
 * The statement's totals are the sums of these documents, and it leaves no difference without a reason.
 */
export function conservationOfMoney(sight: Sight): Checker {
  let looked = 0;
  let statement: Statement | null = null;
  const violation = (at: number, message: string, about: Json): Violation => ({
    invariant: "I11",
    message,
    at,
    about,
  });
  return {
    invariant: "I11",
    looked: () => looked,
    see: (entry) => {
      if (entry.kind === "stated") statement = entry.statement;
      return [];
    },
    atEnd: (facts) => {
      const told = new Told(sight, facts);
      const things = thingsOf(sight).filter(({ entity }) => documents.includes(entity));
      const pairs = things.flatMap((thing) => {
        const pair = plainPair(sight, thing);
        return pair === null ? [] : [{ thing, pair, plain: plainOf(sight, pair) }];
      });
      const ofPairs = pairs.flatMap(({ thing, pair, plain }) =>
        unequal(sight, thing, plain).flatMap(([field, what]): readonly Violation[] => {
          looked += 1;
          if (what === null || isExplained(told, { pair, plain }, field)) return [];
          const { entity, tag } = thing;
          return [violation(facts.at, `${entity} ${tag}: ${what}`, { entity, tag, field })];
        }),
      );
      if (statement === null) return ofPairs;
      const stated = statement.entities.flatMap((one) => {
        const ofEntity = things.filter(({ entity }) => entity === one.entity);
        const whole = pairs.filter(({ thing }) => thing.entity === one.entity);
        // What was deleted, merged or made twice is a matter of links, which the auditor does not know.
        const isPlain = ofEntity.every(({ rows }) =>
          roles.every((role) => rows[role].every(({ commits }) => commits.every(isLive))),
        );
        if (!isPlain || one.linked !== whole.length) return [];
        looked += one.totals.length;
        return wrongTotals(
          one,
          whole.map(({ plain }) => plain),
        ).map((what) =>
          violation(facts.at, `the statement of ${one.entity}: ${what}`, { entity: one.entity }),
        );
      });
      return [...ofPairs, ...stated];
    },
  };
}

/**
 * Whether the difference is explained: the field waits for a person in the open, or the values that differ
 * are just those of which the journal says that they were lost. Other values lost in the field explain
 * nothing.
 */
function isExplained(
  told: Told,
  { pair, plain }: { readonly pair: { readonly [role in Role]: Row }; readonly plain: Plain },
  field: string,
): boolean {
  if (roles.some((role) => told.isOpen(role, pair[role], field) || told.isOpen(role, pair[role], "lines")))
    return true;
  const discards = roles.flatMap((role) => told.discardsOf(role, pair[role]));
  const parts = partsOfRows[field];
  if (parts !== undefined) return areRowsExplained(rowsOfPair(plain, field), discards, { field, parts });
  return isAmountExplained({ crm: plain.crm[field], erp: plain.erp[field] }, discards, field);
}

const isLive = ({ after }: Row["commits"][number]): boolean => after.life === "live";

const plainOf = ({ systems }: Sight, pair: { readonly [role in Role]: Row }): Plain => ({
  crm: systems.crm.decode(pair.crm.entity, standing(pair.crm).native),
  erp: systems.erp.decode(pair.erp.entity, standing(pair.erp).native),
});

/** What of the money of a document differs, by field; null where it does not. */
function unequal(
  sight: Sight,
  { entity }: Thing,
  { crm, erp }: Plain,
): readonly (readonly [field: string, what: string | null])[] {
  const told = (isEqual: boolean, what: string): string | null => (isEqual ? null : what);
  const ofLines = told(lineSum(crm["lines"]) === lineSum(erp["lines"]), "the lines add up to different sums");
  const payments = (plain: JsonMap): bigint =>
    listOf(plain["payments"]).reduce<bigint>(
      (sum, one) => sum + amountIn(isMap(one) ? one["amount"] : null),
      0n,
    );
  const ofTotals = totals.flatMap((field): readonly (readonly [string, string | null])[] => {
    if (crm[field] === undefined || erp[field] === undefined) return [];
    if (writersOf(sight, entity, field).length > 0)
      return [[field, told(amountIn(crm[field]) === amountIn(erp[field]), `${field} differs`)]];
    if (field === "openBalance") return [];
    // Each works it out for itself from its lines, which are judged above: the difference is that of their
    // rules of rounding, and no other.
    const isOwnSum = roles.every((role) => {
      const plain = role === "crm" ? crm : erp;
      return exact(totalsOf(plain, sight.systems[role].profile.rounding)[field]) === amountIn(plain[field]);
    });
    return [[field, told(isOwnSum, `${field} differs by more than rounding`)]];
  });
  const ofPayments = told(payments(crm) === payments(erp), "the payments add up to different sums");
  return [["lines", ofLines], ["payments", ofPayments], ...ofTotals];
}

/** Totals of a statement that are not the sums of the documents. */
function wrongTotals(one: Statement["entities"][number], documentsOf: readonly Plain[]): readonly string[] {
  return one.totals.flatMap((line) =>
    roles.flatMap((role): readonly string[] => {
      const sum = documentsOf.reduce<bigint>((all, plain) => {
        const money = plain[role][line.field];
        const isOf = isMap(money) && money["currency"] === line.currency;
        return isOf ? all + amountIn(money) : all;
      }, 0n);
      if (sum === exact(line[role])) return [];
      return [`${line.field} ${line.currency} of the ${role} is ${line[role]}, its documents say otherwise`];
    }),
  );
}
