import type { EntityName } from "./entity.ts";

/** What kind of personal value a field holds; `none` for one that tells nothing of a person. */
export type PersonalCategory = "identity" | "contact" | "consent" | "financial" | "none";

/** All categories. */
export const personalCategories: readonly PersonalCategory[] = [
  ...(["identity", "contact", "consent", "financial", "none"] as const),
];

/** Why a value may be kept at all (GDPR article 6, paragraph 1). */
export type LegalBasis = "contract" | "legal_obligation" | "legitimate_interest" | "consent";

/** All of them. */
export const legalBases: readonly LegalBasis[] = [
  ...(["contract", "legal_obligation", "legitimate_interest", "consent"] as const),
];

/** What a contract says of a field's personal values. Missing keys are taken from the usual ones. */
export interface PersonalTerms {
  readonly category?: PersonalCategory;
  /** What it is used for, in words. */
  readonly purpose?: string;
  readonly legalBasis?: LegalBasis;
  /** How long it is kept, in words. */
  readonly retention?: string;
  /** What stands in its place once the person is erased; "" for nothing. Of a name, each of its parts. */
  readonly erasedAs?: string;
}

/** How long the law wants records of an entity to stay, whoever asks for their erasure. */
export interface KeepTerms {
  /** Years after the record's own date. */
  readonly years: number;
  readonly because: string;
}

/** What a contract says of privacy beside its fields. */
export interface PrivacyTerms {
  /** Records that the law wants kept, by entity. */
  readonly keep?: { readonly [entity in EntityName]?: KeepTerms };
  /** Regions that records may go to, by the region they come from; without one all routes are allowed. */
  readonly regions?: { readonly [from: string]: readonly string[] };
}
