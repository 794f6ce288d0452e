import type { AuditRuleId } from "@crossfoot/model";
import { addressWords } from "../normalise/address.ts";
import { isBlank } from "../normalise/blank.ts";
import { phoneOf } from "../normalise/contact-points.ts";
import { companyNameOf } from "../normalise/legal-forms.ts";
import { codeOf, gtinOf } from "../normalise/product-code.ts";
import { taxIdOf } from "../normalise/tax-id.ts";
import { fold, wordsOf } from "../text/fold.ts";
import type { AuditColumn, Meaning } from "./columns.ts";
import { countryOf } from "../normalise/countries.ts";
import { unitOf } from "../normalise/units.ts";
import { dayIn, numberIn } from "./numbers.ts";
import type { DecimalMark } from "./numbers.ts";
import { valueOf } from "./record.ts";
import type { AuditRecord } from "./record.ts";

/** A column of either side that say the same. */
export interface SharedColumn {
  readonly meaning: Meaning;
  readonly left: number;
  readonly right: number;
}

/** Columns of both lists that say the same thing of the same place. */
export function sharedColumns(
  left: readonly AuditColumn[],
  right: readonly AuditColumn[],
): readonly SharedColumn[] {
  return left.flatMap(({ meaning, place }, at) => {
    if (meaning === "other" || meaning === "id") return [];
    const isFirst = left.findIndex((each) => each.meaning === meaning && each.place === place) === at;
    const theirs = right.findIndex((each) => each.meaning === meaning && each.place === place);
    return isFirst && theirs >= 0 ? [{ meaning, left: at, right: theirs }] : [];
  });
}

const sorted = (words: readonly string[]): string => words.toSorted().join(" ");
/** The part of a phone number that stays when country and trunk codes come and go. */
const phoneTail = 8;
/** Amounts differ from here on. */
const amountMin = 0.005;

/** A value as both sides are to have it; null where it says nothing that could be compared. */
function sameOf(meaning: Meaning, value: string, country: string | null): string | null {
  switch (meaning) {
    case "name":
      return sorted(companyNameOf(fold(value)).words) || null;
    case "given":
    case "family":
    case "city":
      return fold(value) || null;
    case "street":
      return sorted(addressWords(fold(value))) || null;
    case "phone":
      return phoneOf(value, country).replaceAll(/\D/g, "").slice(-phoneTail) || null;
    case "mail":
      return value.trim().toLowerCase();
    case "web":
      return (
        fold(
          value
            .replace(/^https?:\/\//i, "")
            .replace(/^www\./i, "")
            .replace(/\/$/, ""),
        ) || null
      );
    case "tax":
      return taxIdOf(value).id.replace(/^[A-Z]{2}(?=.{6})/, "") || null;
    case "postcode":
    case "sku":
      return codeOf(fold(value)) || null;
    case "gtin":
      return gtinOf(value) || null;
    case "country":
      return countryOf(value)?.code ?? null;
    case "unit":
      return unitOf(value) ?? fold(value);
    case "currency":
      return value.trim().toUpperCase();
    case "date":
    case "due":
      return dayIn(value)?.day ?? null;
    default:
      return null;
  }
}

const amounts: ReadonlySet<Meaning> = new Set(["price", "cost", "net", "vat", "gross", "quantity"]);

const rules: { readonly [meaning in Meaning]?: AuditRuleId } = {
  unit: "unit-disagrees",
  currency: "currency-disagrees",
  price: "price-disagrees",
  cost: "price-disagrees",
  sku: "identifier-mismatch",
  gtin: "identifier-mismatch",
};

/** One field in which two records of one thing differ. */
export interface Disagreement {
  readonly rule: AuditRuleId;
  readonly column: SharedColumn;
  readonly mine: string;
  readonly theirs: string;
}

/** What two records of one thing say of one field. */
export interface Compared {
  readonly column: SharedColumn;
  /** Null where both say the same. */
  readonly difference: Disagreement | null;
}

/** The fields that two records of one thing both tell; what one of them leaves open is not compared. */
export function comparisons(
  left: AuditRecord,
  right: AuditRecord,
  columns: readonly SharedColumn[],
): readonly Compared[] {
  return columns.flatMap((column): readonly Compared[] => {
    const { meaning } = column;
    const mine = valueOf(left.cells[column.left]);
    const theirs = valueOf(right.cells[column.right]);
    if (mine === "" || theirs === "") return [];
    const difference = { rule: rules[meaning] ?? "disagree", column, mine, theirs };
    if (amounts.has(meaning)) {
      const isSame = isSameAmount(valuesOf(mine, left.mark), valuesOf(theirs, right.mark));
      return isSame === null ? [] : [{ column, difference: isSame ? null : difference }];
    }
    if (isBlank(mine) || isBlank(theirs)) return [];
    const [one, other] = [sameOf(meaning, mine, left.country), sameOf(meaning, theirs, right.country)];
    if (one === null || other === null) return [];
    const isSame = one === other || isPart(meaning, one, other);
    return [{ column, difference: isSame ? null : difference }];
  });
}

/** What an amount may be: two values where nobody knows which mark parts its decimals; none for no number. */
function valuesOf(text: string, mark: DecimalMark | null): readonly number[] {
  const by = numberIn(text)?.by;
  if (by === undefined) return [];
  return mark === null ? [by.point, by.comma] : [by[mark]];
}

/** Whether two amounts are the same, by every reading; null where one is no number, or a reading decides. */
function isSameAmount(one: readonly number[], other: readonly number[]): boolean | null {
  const all = one.flatMap((each) => other.map((theirs) => Math.abs(each - theirs) < amountMin));
  const [isSame = null] = all;
  return all.every((each) => each === isSame) ? isSame : null;
}

/** A street told with more or fewer words is the same street. */
function isPart(meaning: Meaning, one: string, other: string): boolean {
  if (meaning !== "street") return false;
  const [few, many] = [one, other].map(wordsOf).toSorted((a, b) => a.length - b.length);
  return (few ?? []).every((word) => many?.includes(word)) && (few ?? []).some((word) => /\d/.test(word));
}
