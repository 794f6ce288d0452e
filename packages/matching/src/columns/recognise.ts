import type { Kind, MatchedEntity, Table } from "../kinds.ts";
import { isBlank } from "../normalise/blank.ts";
import { dateOf } from "../normalise/number.ts";
import { taxIdOf } from "../normalise/tax-id.ts";
import { gtinOf } from "../normalise/product-code.ts";
import { fold } from "../text/fold.ts";
import { meaningKinds, meaningOf } from "./meaning.ts";

/** Rows looked at to tell what a column holds. */
const sampleMax = 2000;

/** Header words that name a kind, the first that fits wins. Compared against the folded header. */
const byHeader: readonly (readonly [RegExp, Kind])[] = [
  [/\b(?:vat|tax|tva|ust ?id|uid nr|tin|nif|cif|steuernummer|fiscal|siren|siret|ein|abn)\b/, "tax"],
  [/\b(?:ssn|soc sec|social security|national id|passport)\b/, "code"],
  [/(?:^|\s)(?:id|ids|key|uuid|guid)$/, "ignored"],
  [
    /^(?:id|rec(?:ord)? id|row id|uuid|guid|key|pk|created.*|updated.*|modified.*|owner.*|external id|odoo id|sf id)$/,
    "ignored",
  ],
  [/\b(?:e ?mail|mail)\b/, "mail"],
  [/\b(?:phone|tel|telephone|telefon|mobile|cell|fax|handy)\b/, "phone"],
  [/\b(?:web|website|url|homepage|domain|internet)\b/, "web"],
  [/\b(?:gtin|ean|upc|isbn|barcode)\b/, "code"],
  [/\b(?:given|first|fore|christian|vor|prenom)\s?(?:name)?\b/, "given"],
  [/\b(?:sur|last|family|nach)\s?name\b|\bsurname\b|\bnom de famille\b/, "family"],
  [/\b(?:post ?code|zip|zip code|plz|postal code|postcode)\b/, "postcode"],
  [/\b(?:street number|house number|house no|hausnummer)\b/, "house"],
  [/\b(?:street|addr|address|strasse|rue|via|calle|adresse|line ?[12])\b/, "street"],
  [/\b(?:country|land|staat|pays|pais|paese)\b/, "country"],
  [
    /^(?:\w+ )?(?:units?|uom|unit (?:of )?measure|(?:mengen|mass)?einheit|unite|unidad)(?: (?:code|name))?$/,
    "unit",
  ],
  [/^(?:unidad de medida|unita(?: di misura)?|eenheid|jednostka|jednotka|enhed|enhet|yksikko)$/, "unit"],
  [
    /\b(?:city|town|suburb|locality|ort|stadt|ville|ciudad|state|region|province|county|country|land|pays)\b/,
    "place",
  ],
  [/\b(?:date|dob|birth|birthday|geburtsdatum|born)\b/, "date"],
  [/\b(?:year|price|amount|cost|weight|qty|quantity|preis|prix|list price)\b/, "number"],
  [/\b(?:sku|article|part|mpn|model|item no|code|no|nr|number|ssn|soc sec|social|reference|ref)\b/, "code"],
  [/\b(?:description|descr|beschreibung|details|notes|comment|text)\b/, "text"],
  [/\b(?:authors?|people|persons?|full name|contact|contact name)\b/, "person"],
  [
    /\b(?:type|category|class|kind|industry|segment|group|status|venue|brand|manufacturer|vendor|make|gender|sex|cuisine|colou?r)\b/,
    "category",
  ],
  [
    /\b(?:name|title|company|organi[sz]ation|account|firm|firma|employer|arbeitgeber|customer|product|bezeichnung)\b/,
    "name",
  ],
];

/**
 * What a column holds, by its header where the header says it, else by its content; what contradicts the
 * content (a "phone" without digits) is read by content. Never throws.
 */
export function kindOf(table: Table, column: number, entity: MatchedEntity): Kind {
  const header = fold((table.columns[column] ?? "").replaceAll(/([a-z])([A-Z])/g, "$1 $2"));
  const told = byHeader.find(
    ([pattern, kind]) =>
      pattern.test(header) && (!meaningKinds.has(kind) || haveMeaning(table, column, kind)),
  )?.[1];
  if (entity === "warehouses" && /\b(?:abbr\w*|short ?(?:name|code))\b/.test(header)) return "code";
  if (entity === "warehouses" && /\b(?:descr\w*|bezeichnung|warehouse|whse|lager)$/.test(header))
    return "name";
  if (entity === "users" && /\b(?:login|user ?name|user)\b/.test(header))
    return kindByContent(table, column) === "mail" ? "mail" : "code";
  if (entity === "contacts" || entity === "users") {
    if (header === "last") return "family";
    if (told === "name") return ofPeople(header);
  }
  if (told === "phone" || told === "mail" || told === "number") {
    const seen = kindByContent(table, column);
    return seen === told || seen === null || told === "phone" ? told : seen;
  }
  return told ?? kindByContent(table, column) ?? "ignored";
}

/** What a column of a table of people holds whose header speaks of a name, a company or a title. */
function ofPeople(header: string): Kind {
  if (/\b(?:company|organi[sz]ation|account|firm|firma|employer|arbeitgeber)\b/.test(header))
    return "employer";
  return /\btitle\b/.test(header) ? "category" : "person";
}

/** Values of a column that say something, of its first rows. */
function valuesOf(table: Table, column: number): readonly string[] {
  const values: string[] = [];
  for (const row of table.rows) {
    const value = row[column] ?? "";
    if (!isBlank(value)) values.push(value);
    if (values.length >= sampleMax) break;
  }
  return values;
}

/** Whether the values of a column that is called so are mostly countries, or units; an empty one is. */
function haveMeaning(table: Table, column: number, kind: Kind): boolean {
  const values = valuesOf(table, column);
  return 2 * values.filter((value) => meaningOf(value, kind) !== null).length >= values.length;
}

/** So many values of a column without a telling header are countries, or units. */
const meaningMin = 0.95;
/** Small letters and one sign mean too many things to tell what a column holds. */
const isPlainMeaning = (value: string): boolean => value.length > 2 || /^[A-Z]{2}$/.test(value);

/** What the values look like, or null for a column without values. */
function kindByContent(table: Table, column: number): Kind | null {
  const values = valuesOf(table, column);
  if (values.length === 0) return null;
  const share = (isSo: (value: string) => boolean): number => values.filter(isSo).length / values.length;
  const distinct = new Set(values).size;
  if (share((value) => /^[^\s@]+@[^\s@]+\.\w+$/.test(value.trim())) > 0.8) return "mail";
  if (share((value) => /^(?:https?:\/\/|www\.)\S+$/i.test(value.trim())) > 0.8) return "web";
  if (share((value) => taxIdOf(value).isProven) > 0.6) return "tax";
  if (share((value) => gtinOf(value) !== "") > 0.8) return "code";
  if (share((value) => dateOf(value) !== "") > 0.8) return "date";
  if (share((value) => /^[+(0-9][\d\s()./-]{7,}$/.test(value.trim())) > 0.8) return "phone";
  for (const kind of meaningKinds)
    if (share((value) => isPlainMeaning(value.trim()) && meaningOf(value, kind) !== null) > meaningMin)
      return kind;
  if (share((value) => /^[^a-z]*\d[\d.,\s]*[^a-z]*$/i.test(value)) > 0.9) return "number";
  const words = values.reduce((sum, value) => sum + value.trim().split(/\s+/).length, 0) / values.length;
  if (distinct < values.length * 0.05 && distinct <= 200) return "category";
  return words > 8 ? "text" : "name";
}
