import { decimals as digits } from "@crossfoot/connector-sdk";

export const add: typeof digits.add = digits.add;
export const allocate: typeof digits.allocate = digits.allocate;
export const compare: typeof digits.compare = digits.compare;
export const multiply: typeof digits.multiply = digits.multiply;
export const normal: typeof digits.normal = digits.normal;
export const subtract: typeof digits.subtract = digits.subtract;
export const total: typeof digits.total = digits.total;

/** Quotient, rounded as Tryton rounds: halves to the even neighbour. The divisor is not zero. */
export const divide = (a: string, b: string, decimals: number): string => digits.divide(a, b, { decimals });

/** Rounded to so many decimals, halves to the even neighbour, as Tryton rounds amounts and prices. */
export const round = (text: string, decimals: number): string => digits.round(text, { decimals });

/** A binary float as Tryton answers quantities: its shortest text, cut to the unit's digits. */
export const ofFloat = (value: number, decimals: number): string => digits.ofFloat(value, { decimals });
