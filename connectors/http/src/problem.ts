/** One mistake of a description: the path of the key, and what to do about it. */
export interface DescriptionProblem {
  readonly path: string;
  readonly problem: string;
}
