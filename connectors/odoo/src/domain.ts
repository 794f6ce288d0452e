import type { Json } from "./native.ts";

/** A condition of Odoo's search: clauses that all hold, operators before their operands. */
export type Domain = readonly Json[];

/** One operand that holds when all clauses of a domain hold. */
function operand(domain: Domain): Domain {
  const operators = domain.filter((each) => typeof each === "string");
  // Each binary operator takes one operand away; what is left over is joined by an implied `and`.
  const nots = operators.filter((each) => each === "!").length;
  const loose = domain.length - operators.length - (operators.length - nots);
  return [...Array.from({ length: Math.max(0, loose - 1) }, () => "&"), ...domain];
}

/** One operand that holds when any of the domains does; there is at least one. */
export function anyOf(domains: readonly Domain[]): Domain {
  const bars = Array.from({ length: domains.length - 1 }, () => "|");
  return [...bars, ...domains.flatMap(operand)];
}
