import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** One recorded exchange with a real Odoo, see SOURCES.md. */
export interface Exchange {
  readonly title: string;
  readonly request: { readonly path: string; readonly body: unknown };
  readonly response: { readonly status: number; readonly body: unknown };
}

/** The exchanges with one version. */
export function recorded(version: "v17" | "v19"): readonly Exchange[] {
  const file = fileURLToPath(new URL(`../recordings/${version}.json`, import.meta.url));
  return JSON.parse(readFileSync(file, "utf8")) as readonly Exchange[];
}

/** The body of an answer as it came over the wire. */
export const bodyOf = ({ response: { body } }: Exchange): string =>
  typeof body === "string" ? body : JSON.stringify(body);
