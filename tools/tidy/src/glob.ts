/**
 * Globs with git's own meaning, so that tidy and git can be asked the same question and be compared:
 * `*` stays inside one folder, `**` crosses folders (also none), `?` is one character.
 */
const compiled = new Map<string, RegExp>();

function compile(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\/\*\*\/|^\*\*\/|\/\*\*$|\*|\?/g, (wildcard) => {
      if (wildcard === "/**/") return "/(?:.*/)?";
      if (wildcard === "**/") return "(?:.*/)?";
      if (wildcard === "/**") return "/.*";
      return wildcard === "*" ? "[^/]*" : "[^/]";
    });
  return new RegExp(`^${source}$`);
}

/** Whether the path (relative to the repository, forward slashes) matches the glob. Never throws. */
export function matches(path: string, glob: string): boolean {
  let pattern = compiled.get(glob);
  if (pattern === undefined) {
    pattern = compile(glob);
    compiled.set(glob, pattern);
  }
  return pattern.test(path);
}

/** The files that a rule must open: those that match one of `include` and none of `exclude`. */
export type Scope = { readonly include: readonly string[]; readonly exclude?: readonly string[] };

/** Whether the path is inside the scope. */
export function inScope(path: string, scope: Scope): boolean {
  return (
    scope.include.some((glob) => matches(path, glob)) &&
    !(scope.exclude ?? []).some((glob) => matches(path, glob))
  );
}
