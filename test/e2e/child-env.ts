/** What a program of ours needs of the environment, and nothing of ours: its secrets are no test's. */
export function childEnv(more: { readonly [name: string]: string } = {}): { [name: string]: string } {
  const { PATH = "", HOME = "", TMPDIR, NODE_COMPILE_CACHE } = process.env;
  return {
    PATH,
    HOME,
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }),
    ...more,
  };
}

/**
 * How Node runs a program of ours from its source. WebAssembly stays as it is compiled first: better code for
 * PostgreSQL's largest function takes two seconds and 600 MB (Node 24.21, PGlite 0.5.16), for which the end
 * of a short program waits, and most programs of a test are short.
 */
export const programFlags: readonly string[] = [
  "--conditions=source",
  "--no-wasm-tier-up",
  "--no-wasm-dynamic-tiering",
];
