import { StoreError } from "../store-error.ts";

/**
 * The StoreError that a call rejects with. Fails the test when it resolves or rejects with something else.
 */
export async function refusalOf(run: Promise<unknown>): Promise<StoreError> {
  const error: unknown = await run.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof StoreError) return error;
  throw new Error("a StoreError was expected", { cause: error });
}
