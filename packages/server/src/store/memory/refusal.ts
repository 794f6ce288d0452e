/** Why the memory store refused: the same SQLSTATE and constraint that PostgreSQL names. */
export class MemoryRefusal extends Error {
  override readonly name: string = "StoreError";
  readonly code: string;
  readonly constraint: string | null;
  readonly isRetryable = false;
  readonly isUnknownOutcome = false;

  constructor(facts: { readonly code: string; readonly message: string; readonly constraint?: string }) {
    super(facts.message);
    this.code = facts.code;
    this.constraint = facts.constraint ?? null;
  }
}
