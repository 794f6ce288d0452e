import { choice, count, each, flag, list, map, named, path, scalar, template, tree, word } from "./shape.ts";
import type { MapShape, Shape } from "./shape.ts";

/** Keys that requests and tests of answers have, wherever they stand. */

/** Variables that hold everywhere. */
export const always: readonly string[] = ["tenant", "variable.*"];

/** A test of an answer or a row. */
export const condition = (doc: string): MapShape =>
  named(
    "condition",
    map(doc, {
      path: path("where the value stands"),
      header: word("header that holds the value"),
      in: list(scalar("a value"), "the value is one of these, compared as it is"),
      exists: flag("true: there and not null; false: absent or null"),
      startsWith: word("the value is text that begins so"),
    }),
  );

/** A request with templates over these variables, and more keys beside. */
export const request = (
  doc: string,
  variables: readonly string[],
  more: { readonly [key: string]: Shape } = {},
): MapShape =>
  map(doc, {
    method: choice("HTTP method", "GET", "POST", "PUT", "PATCH", "DELETE"),
    "path!": template("path below `base`; values are percent-encoded", variables),
    query: each(tree("query parameter; a map or list is sent as JSON text", variables)),
    headers: each(template("header", variables)),
    body: tree("JSON body", variables),
    success: list(count("status", 200), "statuses that mean yes; 200 to 299 when nothing is said"),
    ...more,
  });

/** Statuses that mean: no rows. */
export const empty: Shape = list(count("status", 200), "statuses that mean: no rows");
