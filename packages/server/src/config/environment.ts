/** Environment variables by name. */
export interface Environment {
  readonly [name: string]: string | undefined;
}

/** The environment of this program. The only place that reads it. */
export function readEnvironment(): Environment {
  return { ...process.env };
}
