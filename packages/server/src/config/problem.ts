/** Something wrong in a file of the project, or in the environment. Never holds the value of a secret. */
export interface ConfigProblem {
  /** The file, relative to the project; or `environment`. */
  readonly file: string;
  /** Line counted from 1, or null when the file as a whole is meant. */
  readonly line: number | null;
  readonly message: string;
  /** The known name that was most likely meant. */
  readonly nearest?: string;
}

const asking = /[;,]? did you mean `?([^`?]+)`?\?$/;

/** A problem from a message; a question at its end (`; did you mean x?`) becomes the nearest name. */
export function problemOf(
  place: { readonly file: string; readonly line: number | null },
  message: string,
  nearest?: string,
): ConfigProblem {
  const asked = asking.exec(message);
  const name = nearest ?? asked?.[1];
  const text = asked === null ? message : message.slice(0, asked.index);
  return {
    file: place.file,
    line: place.line,
    message: text,
    ...(name === undefined ? {} : { nearest: name }),
  };
}

/** One line for a person: ``contract.yaml:12: unknown key `mastr` (did you mean `master`?)``. */
export function describeProblem({ file, line, message, nearest }: ConfigProblem): string {
  const place = line === null ? file : `${file}:${line}`;
  return `${place}: ${message}${nearest === undefined ? "" : ` (did you mean \`${nearest}\`?)`}`;
}

/** Problems in reading order: by file as first met, then by line; the same line twice is told once. */
export function sortProblems(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  const told = new Set<string>();
  return problems
    .toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || (a.line ?? 0) - (b.line ?? 0))
    .filter((problem) => {
      const text = describeProblem(problem);
      const isKnown = told.has(text);
      told.add(text);
      return !isKnown;
    });
}
