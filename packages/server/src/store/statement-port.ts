/** A statement that was handed out, as the store knows it. */
export interface IssuedStatement {
  /** Its place in the chain, from 1 on. */
  readonly number: number;
  /** ISO instant. */
  readonly madeAt: string;
  readonly hash: string;
  /** Hash of the one before; "" for the first. */
  readonly before: string;
  /** Hash of each of its parts, by name. */
  readonly parts: { readonly [part: string]: string };
}

/** The chain of the statements that were handed out. Append only. */
export interface StatementStore {
  /** The newest one; null before the first. */
  lastStatement(): Promise<IssuedStatement | null>;
  /** Null when none has that number. */
  loadStatement(number: number): Promise<IssuedStatement | null>;
  /** Adds one behind the newest; false when it does not follow from that one: somebody else was faster. */
  appendStatement(issued: IssuedStatement): Promise<boolean>;
}
