/** What a customer accepts of a quote. */
export interface AcceptedPart {
  /**
   * Lines by our key, as a preflight tells it, or by the id of their row in the CRM, with how much of each
   * is accepted in the line's own unit. Of lines that are not named nothing is.
   */
  readonly lines: readonly { readonly line: string; readonly quantity: string }[];
  /** What is left becomes a quote of its own in the CRM (`keep`), or is given up (`close`). */
  readonly rest: "keep" | "close";
}
