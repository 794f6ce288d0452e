import { isMap } from "@crossfoot/kernel";
import type { Fields, JsonMap } from "@crossfoot/kernel";
import { own, pick } from "./mapping-json.ts";
import { blank, gather, readDelivered } from "./mapping-read.ts";
import type { Reading } from "./mapping-read.ts";
import type { EntityMapping, ReadContext } from "./mapping-types.ts";

/**
 * Image of each field: the native roots it is read from, as the system showed them. A field has an image
 * exactly when `readFields` gives it a value or a problem. Never throws.
 */
export function imagesOf(mapping: EntityMapping, native: JsonMap): { readonly [field: string]: JsonMap } {
  const images: [string, JsonMap][] = [];
  for (const [field, each] of Object.entries(mapping.fields)) {
    if (readDelivered(each, native, blank) !== undefined) images.push([field, pick(native, each.roots)]);
  }
  return Object.fromEntries(images);
}

/**
 * Canonical values of fields, each read from its own image alone. Fields without an image, and images that
 * cannot be read under this mapping, are left out. Never throws.
 */
export function fieldsOfImages(
  mapping: EntityMapping,
  images: { readonly [field: string]: JsonMap },
  context: ReadContext,
): Fields {
  const readings: (readonly [string, Reading])[] = [];
  for (const [field, each] of Object.entries(mapping.fields)) {
    const image = own(images, field);
    if (isMap(image)) readings.push([field, readDelivered(each, image, context)]);
  }
  return gather(readings).fields;
}
