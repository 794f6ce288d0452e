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
