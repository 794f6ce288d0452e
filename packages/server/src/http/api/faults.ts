import type { Fault, Route } from "@crossfoot/api";
import { Problem } from "./problem.ts";

/** What a schema answers; the type of the library stays in the package of the schemas. */
type Parsed = ReturnType<Route["params"]["safeParse"]>;
type Issue = NonNullable<Parsed["error"]>["issues"][number];

/** Faults told at once: a list of ten thousand wrong lines needs no more to be understood. */
const faultsMax = 20;

/** What is expected, in our own words: those of the library may repeat what was sent. */
function expectation(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return `is ${issue.expected}`;
    case "too_small":
      return `is ${issue.minimum} or more`;
    case "too_big":
      return `is ${issue.maximum} at most`;
    case "invalid_value":
      return `is one of ${issue.values.map(String).join(", ")}`;
    case "unrecognized_keys":
      return "has a key that is not known here";
    case "invalid_format":
      return issue.format === "regex" ? "has another form, see the reference" : `is a ${issue.format}`;
    default:
      return "is not as the reference says";
  }
}

/** Reads a part of a request by its schema. Throws a Problem that names the paths, never the values. */
export function readPart(
  part: "params" | "query" | "body",
  schema: { readonly safeParse: (value: unknown) => Parsed },
  value: unknown,
): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, faultsMax).map((issue): Fault => ({
    path: [part, ...issue.path.map(String)].join("."),
    message: expectation(issue),
  }));
  throw new Problem("request_invalid", "see `faults` for what is expected where", { faults });
}
