import type { NativeField } from "@crossfoot/connector-sdk";

/** A native field, and the canonical fields that the mapping in force forms of it. */
export interface MappedField extends NativeField {
  readonly mappedTo: readonly string[];
}

/** The native fields of an entity, as its system tells them now. */
export interface EntityFields {
  readonly entity: string;
  readonly fields: readonly MappedField[];
}
