/** A value as JSON carries it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** Values of fields by name. */
export type Values = { readonly [name: string]: Json };
/** A row as it is stored: nothing is `false`, a many2one an id, stamps with microseconds. */
export type Row = { [name: string]: Json };

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
export const isMap = (value: Json | undefined): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** A number; 0 where there is none. */
export const numberIn = (row: Values | undefined, name: string): number => Number(row?.[name] ?? 0) || 0;
/** A text; empty where there is none. */
export const textIn = (row: Values | undefined, name: string): string => {
  const value = row?.[name];
  return typeof value === "string" ? value : "";
};
/** Ids in a list. */
export const idsIn = (value: Json | undefined): readonly number[] =>
  isList(value) ? value.filter((each) => typeof each === "number") : [];
export const idOf = (row: Values): number => numberIn(row, "id");

/** Half up, as Odoo rounds: what binary fractions leave below a half counts as one. */
export function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  const scaled = Math.abs(value) * scale;
  const whole = Math.floor(scaled + 0.5 + scaled * 2 ** -50);
  return value < 0 ? -whole / scale : whole / scale;
}
/** A sum as it is kept in a column with two decimals. */
export const cents = (value: number): number => rounded(value, 2);
