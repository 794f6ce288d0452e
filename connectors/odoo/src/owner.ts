import type { Facts } from "./facts.ts";
import { refId } from "./native.ts";
import type { Row } from "./native.ts";
import type { Options } from "./options.ts";

/**
 * Whether a record belongs to another company than the connection's. Odoo's own rules hide it, where nobody
 * has switched them off; what belongs to no company is shared by all.
 */
export function isOfOther(row: Row, { company }: Facts): boolean {
  const owner = refId(row, "company_id");
  return owner !== undefined && owner !== company;
}

/**
 * The company of a partner that we create. Where the options name one it is that, so that connections of
 * other companies do not read our customers as theirs; else it is shared, as what a person enters is.
 */
export const companyOfCreated = (options: Options, { company }: Facts): number | false =>
  options.company === null ? false : company;
