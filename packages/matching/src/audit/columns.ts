import type { Kind, MatchedEntity } from "../kinds.ts";
import { isBlank } from "../normalise/blank.ts";
import { fold } from "../text/fold.ts";

/** What the records of an audited list are. */
export const auditEntities = [
  "accounts",
  "contacts",
  "products",
  "pricebooks",
  "quotes",
  "orders",
  "invoices",
  "inventory",
  "shipments",
  "lines",
] as const;

/** One kind of list. `lines` are lines of documents, one a row. */
export type AuditEntity = (typeof auditEntities)[number];

/** What a column can say of its record; `other` is looked at as text only. */
export const meanings = [
  "id",
  "number",
  "parent",
  "account",
  "contact",
  "product",
  "order",
  "name",
  "given",
  "family",
  "title",
  "phone",
  "mail",
  "web",
  "tax",
  "street",
  "city",
  "postcode",
  "region",
  "country",
  "sku",
  "gtin",
  "unit",
  "price",
  "cost",
  "quantity",
  "active",
  "inactive",
  "currency",
  "date",
  "due",
  "modified",
  "status",
  "category",
  "terms",
  "net",
  "vat",
  "gross",
  "discount",
  "charge",
  "other",
] as const;

/** What a column says of its record. */
export type Meaning = (typeof meanings)[number];

/** Which of several of one meaning a column can be; "" for the only or main one. */
export const places: readonly string[] = ["", "shipping", "fax", "mobile"];

/** A column as the audit reads it. */
export interface AuditColumn {
  readonly name: string;
  readonly meaning: Meaning;
  /** Which of several of one meaning: `shipping`, `fax`, `mobile`; "" for the only or main one. */
  readonly place: string;
}

/** Words for the records themselves, as they stand in names of columns. */
const ownWords: { readonly [entity in AuditEntity]: string } = {
  accounts:
    "customer|account|company|client|vendor|supplier|partner|organi[sz]ation|business entity|debtor|party|kunde|kunden|firma",
  contacts: "contact|person|employee|kontakt",
  products: "product|article|item|track|material|artikel|produkt",
  pricebooks: "price ?book|price ?list",
  quotes: "quote|quotation|offer|estimate|angebot",
  orders: "order|sales order|purchase order|auftrag",
  invoices: "invoice|bill|rechnung",
  inventory: "stock|inventory",
  shipments: "shipment|delivery|lieferung",
  lines: "line|(?:order|invoice|quote) line|(?:purchase )?order detail",
};

/** References that a column can be, by the words of what it names. */
const references: readonly (readonly [Meaning, AuditEntity])[] = [
  ["account", "accounts"],
  ["contact", "contacts"],
  ["product", "products"],
];

const keyWords = "(?:id|key|uuid|guid|code|ref|reference|nr)";

/** Headers after folding; the first that fits wins. */
const byHeader: readonly (readonly [RegExp, Meaning])[] = [
  [/^(?:parent|reports to|belongs to|head ?quarters)(?: \w+)*$|\bparent\b/, "parent"],
  [/\b(?:gtin|ean|upc|isbn|barcode)\b/, "gtin"],
  [/\b(?:sku|mpn|(?:product|article|item|part|artikel) ?(?:no|nr|number|code|nummer))\b/, "sku"],
  [
    /\b(?:vat|tax|tva|ust ?id)\b.*\b(?:id|no|nr|number|reg)\b|^(?:vat|tin|nif|cif|tax ?id|ust ?id|uid)$/,
    "tax",
  ],
  [/\b(?:e ?mail|mail)\b/, "mail"],
  [/\b(?:phone|tel|telephone|telefon|mobile|cell|fax|handy)\b/, "phone"],
  [/\b(?:web|website|web ?service ?url|url|home ?page|domain)\b/, "web"],
  [/\b(?:post ?code|zip|zip ?code|plz|postal ?code|postleitzahl)\b/, "postcode"],
  [/\b(?:country|land|pays|country ?code)\b/, "country"],
  [/\b(?:city|town|ort|stadt|ville|ciudad|locality)\b/, "city"],
  [/\b(?:region|state|province|county|bundesland)\b/, "region"],
  [/\b(?:street|address|addr|strasse|rue|calle|adresse)\b/, "street"],
  [/\b(?:currency|waehrung|wahrung|devise|iso ?currency)\b/, "currency"],
  [/^(?:(?:sales|base|stock|order) )?(?:uom|units?|unit ?(?:of ?)?measure)(?: code)?$/, "unit"],
  [/^(?:einheit|me)$/, "unit"],
  [/\b(?:cost|standard ?cost|purchase ?price|einstand|ek)\b/, "cost"],
  [/\b(?:net|sub ?total|netto|net ?amount)\b/, "net"],
  [/\b(?:tax|tax ?amt|tax ?amount|vat|steuer|mwst)\b/, "vat"],
  [/\b(?:gross|total|brutto|total ?due|grand ?total)\b/, "gross"],
  [/\b(?:price|unit ?price|list ?price|preis|vk)\b/, "price"],
  [/^(?:order(?:ed)? ?|in stock |on hand )?(?:qty|quantity|menge)$|^on ?hand$/, "quantity"],
  [/\b(?:due ?date|due|faellig|fallig|required ?date|valid ?until|payment ?date)\b/, "due"],
  [
    /\b(?:modified|updated|changed|last ?activity|last ?contact|write ?date|modified ?date|last ?order)\b/,
    "modified",
  ],
  [/^(?:date|datum|(?:order|invoice|quote|document|doc|posting) ?date)$/, "date"],
  [/\b(?:discontinued|inactive|archived|blocked|disabled|sell ?end ?date)\b/, "inactive"],
  [/\b(?:active|active ?flag|enabled|saleable|sellable|finished ?goods ?flag)\b/, "active"],
  [/\b(?:status|stage|state ?code)\b/, "status"],
  [/\b(?:payment ?terms|terms|zahlungsbedingung)\b/, "terms"],
  [/\b(?:category|industry|segment|branche|product ?group|business ?type)\b/, "category"],
  [/\b(?:given|first|fore|vor|prenom) ?name\b|^(?:given|first)$/, "given"],
  [/\b(?:sur|last|family|nach) ?name\b|^(?:family|last)$/, "family"],
  [/\b(?:job ?title|contact ?title|title ?of ?courtesy|salutation|position|role)\b/, "title"],
];

/** Columns of lines that hold an amount, of which the name does not tell whether with tax. */
const lineAmount =
  /^(?:(?:line|row|extended|ext|position) )?(?:amount|sum|value|betrag|(?:extended|ext|line) price)$/;
/** What is charged for a document beside its lines. */
const charged =
  /^(?:(?:freight|shipping|delivery|carriage|handling|fracht|versand|surcharge|fee)(?: and handling)?)(?: (?:costs?|charges?|amount|fees?|net))?$|^(?:other )?charges$|^(?:versand|fracht)kosten$|^surcharges$/;
const discounted = /\b(?:discount|disc|rebate|rabatt|nachlass|remise)\b/;
/** Names that tell which tax, and no amount of it. */
const taxKind = /\b(?:rate|percent|pct|code|class|category|group|type|satz|kategorie)\b/;

/** Columns that only documents and their lines have. */
function meaningOfDocument(header: string, entity: AuditEntity): Meaning | undefined {
  const isLine = entity === "lines";
  if (!isLine && !["quotes", "orders", "invoices"].includes(entity)) return undefined;
  if (isLine && lineAmount.test(header)) return "gross";
  if (!isLine && charged.test(header)) return "charge";
  // Of a company it is a number, of a document an amount.
  if (/^(?:vat|tax|tva|iva|mwst|ust|steuer)$/.test(header)) return "vat";
  if (discounted.test(header) && !/\b(?:code|reason|id|type|name|date)\b/.test(header)) return "discount";
  return undefined;
}

/** Whether the name of a column tells that it holds percent. */
export function isPercent(name: string): boolean {
  return /%|\b(?:percent|percentage|pct|prozent)\b/i.test(name.replaceAll(/[_-]/g, " "));
}

const headerOf = (name: string): string =>
  fold(name.replaceAll(/([a-z\d])([A-Z])/g, "$1 $2").replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2"));

function meaningOf(header: string, entity: AuditEntity): Meaning {
  const own = ownWords[entity];
  const isDocument = ["quotes", "orders", "invoices", "shipments"].includes(entity);
  if (/^(?:id|record id|external id|row id)$/.test(header)) return "id";
  if (new RegExp(`^(?:${own}) ${keyWords}$`).test(header)) return "id";
  if (new RegExp(`^(?:${own}) (?:no|number|nummer)$`).test(header) && entity !== "products") return "number";
  if (/^(?:no|number|nummer|document no|doc no)$/.test(header))
    return entity === "products" ? "sku" : "number";
  if (
    entity === "lines" &&
    /^(?:(?:sales |purchase )?order|invoice|quote|document)(?: id| no| number)?$/.test(header)
  )
    return "order";
  if (entity === "shipments" && /^(?:sales )?order(?: id| no| number)?$/.test(header)) return "order";
  const ofDocument = meaningOfDocument(header, entity);
  if (ofDocument !== undefined) return ofDocument;
  for (const [meaning, target] of references) {
    const words = ownWords[target];
    if (target !== entity && new RegExp(`^(?:${words})(?: ${keyWords}| no| number)?$`).test(header)) {
      // A vendor of an article and a clerk of a customer are lists of their own.
      if (entity === "products" || (meaning === "contact" && !isDocument)) return "other";
      return meaning;
    }
  }
  const told = byHeader.find(([pattern]) => pattern.test(header))?.[1];
  if (told === "vat" && taxKind.test(header)) return "other";
  if (told !== undefined) return told;
  if (/ (?:id|key|ref)$/.test(header)) return "other";
  if (new RegExp(`^(?:${own}|full|display|legal)? ?(?:name|title|bezeichnung)$|^(?:${own})$`).test(header))
    return "name";
  return "other";
}

/** Which of several columns of one meaning it is: the address to deliver to, the fax, the mobile phone. */
function placeOf(header: string, meaning: Meaning): string {
  if (/\b(?:ship|shipping|delivery|deliver|liefer)\b/.test(header)) return "shipping";
  if (meaning !== "phone") return "";
  if (/\bfax\b/.test(header)) return "fax";
  return /\b(?:mobile|cell|handy)\b/.test(header) ? "mobile" : "";
}

/** Rows that tell whether the first column names the records. */
const sampleMax = 2000;

/** Meanings that several columns of one record may have. */
const repeated: ReadonlySet<Meaning> = new Set(["phone", "other", "mail", "web", "charge"]);

/** A column that may be taken for an id by what it holds. */
const isOpen = (column: AuditColumn | undefined, told: ReadonlySet<string>): column is AuditColumn =>
  column?.meaning === "other" && !told.has(column.name);

/**
 * What each column says, by its name, or as it was told; each meaning that stands once per record is given
 * once. Where no column is called an id, the first is one if its values are all there and all different.
 * Never throws.
 */
export function recogniseColumns(
  entity: AuditEntity,
  names: readonly (string | AuditColumn)[],
  sample: readonly (readonly string[])[],
): readonly AuditColumn[] {
  const known = names.filter((each) => typeof each !== "string");
  const told = new Set(known.map(({ name }) => name));
  const taken = new Set(known.map(({ meaning, place }) => `${meaning} ${place}`));
  const columns = names.map((name): AuditColumn => {
    if (typeof name !== "string") return name;
    const header = headerOf(name);
    const parted = meaningOf(header, entity);
    // Capitals part words, but not in every name: "UoM" is one.
    const told = parted === "other" ? meaningOf(fold(name), entity) : parted;
    const meaning = told === "vat" && isPercent(name) ? "other" : told;
    const place = placeOf(header, meaning);
    const slot = `${meaning} ${place}`;
    if (!repeated.has(meaning) && taken.has(slot)) return { name, meaning: "other", place };
    taken.add(slot);
    return { name, meaning, place };
  });
  if (taken.has("id ")) return columns;
  const numbered = columns.findIndex(({ meaning }) => meaning === "number" || meaning === "sku");
  const at = columns[0]?.meaning === "other" ? 0 : entity === "lines" ? -1 : numbered;
  const values = sample.slice(0, sampleMax).map((row) => row[at] ?? "");
  const isKey = at >= 0 && values.every((value) => !isBlank(value)) && new Set(values).size === values.length;
  if (!isKey || !isOpen(columns[at], told)) return columns;
  return columns.map((column, place) => (place === at ? { ...column, meaning: "id" } : column));
}

/** How the matcher reads a column of this meaning. */
export function kindOfMeaning(meaning: Meaning, entity: MatchedEntity): Kind {
  switch (meaning) {
    case "name":
      return entity === "contacts" ? "person" : "name";
    case "given":
    case "family":
    case "phone":
    case "mail":
    case "web":
    case "tax":
    case "street":
    case "postcode":
      return meaning;
    case "city":
    case "region":
      return "place";
    case "country":
    case "unit":
      return meaning;
    case "sku":
    case "gtin":
      return "code";
    case "price":
      return "number";
    case "category":
      return "category";
    default:
      return "ignored";
  }
}
