import type { Json, JsonMap } from "@crossfoot/kernel";
import { isMap } from "../system/dialect.ts";
import type { Shapes } from "../system/vocabulary.ts";
import { textOf } from "./text.ts";

/** An amount or a quantity within a record: where it stands, and its number with its currency or unit. */
export interface Measure {
  /** The field, and for a part of a line `field.part`. */
  readonly field: string;
  readonly number: Json;
  /** Currency or unit. */
  readonly of: Json;
}

/** All amounts and quantities of a record in plain form, those of its lines included. */
export function measuresIn(shapes: Shapes, plain: JsonMap): readonly Measure[] {
  return Object.entries(plain).flatMap(([field, value]): readonly Measure[] => {
    const shape = shapes[field];
    if (shape?.kind === "money" || shape?.kind === "quantity") {
      if (!isMap(value)) return [];
      const { amount = null, currency = null, value: number = null, unit = null } = value;
      return [shape.kind === "money" ? { field, number: amount, of: currency } : { field, number, of: unit }];
    }
    if (shape?.kind !== "lines" || !Array.isArray(value)) return [];
    return value.flatMap((line: Json) =>
      isMap(line)
        ? measuresIn(shape.parts, line).map((one) => ({ ...one, field: `${field}.${one.field}` }))
        : [],
    );
  });
}

/** The same text for equal measures. */
export const measureText = ({ number, of }: Measure): string => textOf([number, of]);

/** A decimal text as a whole number of 10^-8; null and what is no number count as nothing. */
export function exact(number: Json | undefined): bigint {
  const text = typeof number === "string" ? number : "";
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (found === null) return 0n;
  const [, sign = "", whole = "0", fraction = ""] = found;
  const value = BigInt(whole + fraction.slice(0, 8).padEnd(8, "0"));
  return sign === "-" ? -value : value;
}

/** The amount of a money value in 10^-8; nothing for none. */
export const amountIn = (money: Json | undefined): bigint => exact(isMap(money) ? money["amount"] : null);

/** Sum over the lines of a document of quantity by price, in 10^-16. */
export function lineSum(lines: Json | undefined): bigint {
  if (!Array.isArray(lines)) return 0n;
  return lines.reduce<bigint>((sum, line: Json) => {
    if (!isMap(line)) return sum;
    const { quantity } = line;
    return sum + exact(isMap(quantity) ? quantity["value"] : null) * amountIn(line["unitPrice"]);
  }, 0n);
}
