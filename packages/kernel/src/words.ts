/**
 * A person's answer to a deletion: `archive` accepts it and archives the others, `keep` accepts it and leaves
 * the others as they are, `restore` has the record come back.
 */
export type DeletionWord = "archive" | "keep" | "restore";

/** All answers. */
export const deletionWords: readonly DeletionWord[] = ["archive", "keep", "restore"];
