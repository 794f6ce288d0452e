import type { Business, Row } from "./extracts.ts";
import type { Form } from "./form.ts";
import { first } from "./held-out-first.ts";
import { second } from "./held-out-second.ts";
import type { Planted } from "./plants.ts";

/**
 * Forms of error that no rule was written for or tuned on: other spellings of what the rules are about, set
 * down before the first run over them. What is not found is printed, and stands in docs/internals/audit.md.
 */
export const heldOutSets: readonly { readonly name: string; readonly forms: readonly Form[] }[] = [
  { name: "first set", forms: first },
  { name: "second set", forms: second },
];

/** An error of a held-out form that was planted. */
export interface PlantedForm extends Planted {
  readonly form: string;
  readonly rules: readonly string[];
}

const keyOf = (row: Row): string => row["id"] ?? row["number"] ?? "";

/**
 * Plants every form once where a business has the columns and a record free for it. Changes the rows, and
 * answers the truth.
 */
export function plantForms(
  business: Business,
  forms: readonly Form[],
  random: () => number,
): readonly PlantedForm[] {
  const truth: PlantedForm[] = [];
  for (const entity of new Set(forms.map((each) => each.entity))) {
    const [crm, erp] = [business.crm[entity], business.erp[entity]];
    if (crm === undefined || erp === undefined) continue;
    const count = crm.length;
    const free = crm.map((row, at): [Row, Row] => [row, erp[count - 1 - at] ?? {}]);
    const take = (fits: (row: Row) => boolean): [Row, Row] | undefined => {
      const right = free.flatMap(([row], at) => (fits(row) ? [at] : []));
      const at = right[Math.floor(random() * right.length)];
      return at === undefined ? undefined : free.splice(at, 1)[0];
    };
    for (const { form, rules, damage, fits } of forms.filter((each) => each.entity === entity)) {
      const taken = take(fits);
      // Only a value of another record needs one that nothing else is planted in.
      const spare = form.includes("another's") ? take(() => true) : taken;
      if (taken === undefined || spare === undefined) continue;
      const ids = [taken, spare].flatMap((pair) => pair.map(keyOf));
      const before = crm.length;
      damage({ row: taken[0], twin: taken[1], spare: spare[0], rows: crm });
      const made = crm.slice(before).map(keyOf);
      const [rule = ""] = rules;
      truth.push({ rule, rules, form, side: "crm", entity, id: keyOf(taken[0]), touched: [...ids, ...made] });
    }
  }
  return truth;
}
