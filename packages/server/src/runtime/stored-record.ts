import type { Fields, LinkId, Problem } from "@crossfoot/kernel";

/** A record as its connection last showed it. */
export interface StoredRecord {
  readonly id: string;
  readonly link: LinkId | null;
  /** Its last change there, ms since 1970; null where the system does not tell. */
  readonly modifiedAt: number | null;
  /** Canonical fields; a reference holds the native id of what it names, as text. */
  readonly fields: Fields;
  /** Values that the mapping refuses, by field. */
  readonly problems: { readonly [field: string]: Problem };
}
