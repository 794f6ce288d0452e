import { isMap, parseValue } from "@crossfoot/kernel";
import type { FieldKind, Json, Parsed, Problem, ProblemCode, Value } from "@crossfoot/kernel";
import { dateForms, instantForms, readDate, readInstant, writeDate, writeInstant } from "./mapping-date.ts";
import { decimalAsNumber, decimalOfNumber, decimalsOf, roundDecimal } from "./mapping-decimal.ts";
import { idForm, own, textForm } from "./mapping-json.ts";
import type { ValueForm } from "./mapping-types.ts";

const refuse = (code: ProblemCode, expected: string): Parsed & { readonly ok: false } => ({
  ok: false,
  problem: { code, expected },
});

const text: FieldKind = { kind: "text" };
const codeExpected = "a code that the mapping lists under `values`";

/** Root under which an expression leaves the code of its failure, instead of a result. */
export const failureKey = "=failed";

/** True when a native value stands for null. */
function isNull(form: ValueForm, raw: Json): boolean {
  return raw === null || form.nulls.includes(raw);
}

/** The canonical code as a value: codes of a truth value are `true` and `false`. */
function codeValue(kind: FieldKind, code: string): Parsed {
  return parseValue(
    kind,
    kind.kind === "boolean" && (code === "true" || code === "false") ? code === "true" : code,
  );
}

function readCode(kind: FieldKind, form: ValueForm, raw: Json): Parsed | undefined {
  const native = form.values === null ? undefined : textForm(raw);
  if (form.values === null || native === undefined) return undefined;
  const code = own(form.values.toCanonical, native);
  if (typeof code === "string") return codeValue(kind, code);
  if (isNull(form, raw)) return undefined;
  return form.values.keepsOthers ? codeValue(kind, native) : refuse("code_unmapped", codeExpected);
}

/** A whole number where the mapping says that text is kept as a number; else what was given. */
function textOfNumber(form: ValueForm, raw: Json): Json {
  return form.as === "number" && typeof raw === "number" ? (idForm(raw) ?? raw) : raw;
}

function readReckoned(form: ValueForm, raw: number): Parsed {
  const decimal = decimalOfNumber(raw);
  if (decimal === undefined) return refuse("not_decimal", "a decimal number");
  return { ok: true, value: roundDecimal(decimal, form.digits ?? 0, form.round ?? "halfUp") };
}

function readDecimal(kind: FieldKind, raw: Json): Parsed {
  if (typeof raw !== "number") return parseValue(kind, raw);
  const decimal = decimalOfNumber(raw);
  if (decimal === undefined)
    return refuse("not_decimal", "a decimal that a JSON number holds exactly; longer ones as text");
  return { ok: true, value: decimal };
}

function readPlain(kind: FieldKind, form: ValueForm, raw: Json): Parsed {
  switch (kind.kind) {
    case "text":
    case "code":
      return parseValue(kind, textOfNumber(form, raw));
    case "decimal":
      return readDecimal(kind, raw);
    case "date": {
      const date = readDate(form, raw);
      if (date === undefined)
        return refuse("not_a_date", `a day of the calendar as ${form.form ?? dateForms[0]}`);
      return { ok: true, value: date };
    }
    case "instant": {
      const instant = readInstant(form, raw);
      if (instant === undefined)
        return refuse("not_an_instant", `an instant as ${form.form ?? instantForms[0]}`);
      return { ok: true, value: instant };
    }
    case "reference": {
      const id = idForm(raw);
      return id === undefined
        ? refuse("not_text", "a native id: text that is not empty, or a whole number")
        : parseValue(text, id);
    }
    default:
      return parseValue(kind, raw);
  }
}

/** An expression that failed, with the code of its failure, which is a short word and no value. */
function failed(code: Json | undefined): Parsed {
  const word = typeof code === "string" && /^[A-Za-z][A-Za-z0-9]{0,9}$/.test(code) ? ` (${code})` : "";
  return refuse("expression_failed", `an expression that can be evaluated${word}`);
}

/**
 * Brings a native value into normal form; of a reference, its native id as text. `isReckoned` says that the
 * value comes from an expression: a number is rounded to `digits` then, as it was reckoned in binary. Never
 * throws.
 */
export function readForm(
  kind: FieldKind,
  form: ValueForm,
  native: { readonly raw: Json; readonly isReckoned: boolean },
): Parsed {
  const { raw, isReckoned } = native;
  if (isReckoned && isMap(raw) && own(raw, failureKey) !== undefined) return failed(own(raw, failureKey));
  const coded = readCode(kind, form, raw);
  if (coded !== undefined) return coded;
  if (isNull(form, raw)) return { ok: true, value: (form.defaultValue ?? null) as Value };
  if (form.values !== null) return refuse("code_unmapped", codeExpected);
  if (isReckoned && kind.kind === "decimal" && typeof raw === "number") return readReckoned(form, raw);
  return readPlain(kind, form, raw);
}

/** A native value, or the problem that forbids to write it. */
export type Written =
  | { readonly ok: true; readonly native: Json }
  | { readonly ok: false; readonly problem: Problem };

const write = (native: Json | undefined, code: ProblemCode, expected: string): Written =>
  native === undefined ? refuse(code, expected) : { ok: true, native };

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Code units looked at beyond a cut, to see whether it goes through a character of several code points. */
const clusterLength = 64;

/** Code units of the first `max` code points. */
function unitsOf(given: string, max: number): number {
  let units = 0;
  let points = 0;
  while (points < max && units < given.length) {
    units += (given.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
    points += 1;
  }
  return units;
}

/** At most `max` code points from the beginning, cut between characters as a reader sees them. */
function cutText(given: string, max: number): string {
  const units = unitsOf(given, max);
  const around = graphemes.segment(given.slice(0, units + clusterLength)).containing(units);
  const end = around !== undefined && around.index > 0 ? around.index : units;
  return given.slice(0, end);
}

function writeText(form: ValueForm, given: string): Written {
  const { lengthMax } = form;
  if (form.as === "number") {
    const number = Number(given);
    const isWhole = Number.isSafeInteger(number) && String(number) === given;
    return write(
      isWhole ? number : undefined,
      "not_decimal",
      "digits, since the target keeps this text as a number",
    );
  }
  if (lengthMax === null || unitsOf(given, lengthMax) === given.length) return { ok: true, native: given };
  if (form.onLong === "cut") return { ok: true, native: cutText(given, lengthMax) };
  return refuse("too_long", `text of at most ${lengthMax} characters`);
}

function writeDecimal(form: ValueForm, given: string): Written {
  const { digits } = form;
  let decimal = given;
  if (digits !== null && decimalsOf(given) > digits) {
    if (form.round === null)
      return refuse("too_long", `a number of at most ${digits} decimals, or \`round\` in the mapping`);
    decimal = roundDecimal(given, digits, form.round);
  }
  if (form.as !== "number") return { ok: true, native: decimal };
  return write(decimalAsNumber(decimal), "not_decimal", "a decimal that a JSON number holds exactly");
}

/** The native form of a moment: numbers become text, and text of digits a number, as the mapping says. */
function asTold(form: ValueForm, native: number | string | undefined): Json | undefined {
  if (native === undefined || form.as === null) return native;
  if (form.as === "string") return String(native);
  return typeof native === "number" || /^\d+$/.test(native) ? Number(native) : native;
}

function writeCode(form: ValueForm, code: string): Written {
  const native = form.values === null ? undefined : own(form.values.toNative, code);
  if (native !== undefined) return { ok: true, native };
  if (form.values?.keepsOthers === true) return writeText(form, code);
  return refuse("code_unmapped", codeExpected);
}

/** The inverse of {@link readForm}; of a reference, the native id is given. Never throws. */
export function writeForm(kind: FieldKind, form: ValueForm, value: Value): Written {
  if (value === null) return { ok: true, native: form.nulls[0] ?? null };
  if (kind.kind === "reference" && value === "") return refuse("not_text", "a reference to a record");
  const parsed = parseValue(kind.kind === "reference" ? text : kind, value as Json);
  if (!parsed.ok) return parsed;
  const given = parsed.value;
  if (form.values !== null) return writeCode(form, textForm(given as Json) ?? "");
  if (typeof given !== "string") return { ok: true, native: given as Json };
  switch (kind.kind) {
    case "decimal":
      return writeDecimal(form, given);
    case "date":
      return write(
        asTold(form, writeDate(form, given)),
        "not_a_date",
        "a day that the target's form can say",
      );
    case "instant":
      return write(
        asTold(form, writeInstant(form, given)),
        "not_an_instant",
        "an instant that the target's form can say",
      );
    default:
      return writeText(form, given);
  }
}
