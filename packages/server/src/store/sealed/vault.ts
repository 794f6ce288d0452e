import type { Json } from "@crossfoot/kernel";
import type { SealingCipher, TextCipher, WrappedKey } from "../../ports.ts";
import { erasedText } from "../port.ts";
import type { RecordKey } from "../port.ts";

/** The keys of a store's values, one per subject. What is added a second time stays as it was. */
export interface KeyTable {
  keysOf(subjects: readonly string[]): Promise<readonly WrappedKey[]>;
  keysNamed(ids: readonly string[]): Promise<readonly WrappedKey[]>;
  addKeys(keys: readonly WrappedKey[]): Promise<void>;
}

/** What is needed to seal. */
export interface SealingDeps {
  readonly cipher: SealingCipher;
  /** Whether records of an entity tell of persons: these have keys of their own. */
  readonly hasPersons: (entity: string) => boolean;
  /** Whether a text of a write names a link, by which SQL looks for it; a UUID when missing. */
  readonly isLinkId?: (text: string) => boolean;
}

/** Seals a value under the key of a subject. */
export type Pen = (subject: string, value: Json) => string;

/** The subject of what belongs to no person: match keys, plans, answers, records without persons. */
export const ownSubject = "store";

const tokenForm = /^cf1:([\w-]{16}):[\w-]+$/;
/** How every token begins, for SQL. */
export const tokenMark = "cf1:";

/** The name of the key of a token; undefined for any other text. */
export const keyOfToken = (text: string): string | undefined => tokenForm.exec(text)?.[1];

/** Every token in a value, keys of maps not looked at. */
export function* tokensIn(value: unknown): Generator<string> {
  if (typeof value === "string") {
    if (keyOfToken(value) !== undefined) yield value;
  } else if (Array.isArray(value)) for (const each of value) yield* tokensIn(each);
  else if (isPlain(value)) for (const each of Object.values(value)) yield* tokensIn(each);
}

const isPlain = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** A value with every text of it, and the key it stands under, through `change`. */
function withTexts(value: unknown, change: (text: string, under: string) => unknown, under = ""): unknown {
  if (typeof value === "string") return change(value, under);
  if (Array.isArray(value)) {
    const list: unknown[] = value.map((each: unknown) => withTexts(each, change, under));
    return list.every((each, at) => each === value[at]) ? value : list;
  }
  if (!isPlain(value)) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, withTexts(each, change, key)] as const);
  return entries.every(([key, each]) => each === value[key]) ? value : Object.fromEntries(entries);
}

/** Keys are kept open for so many subjects: 32 bytes and some names each. */
const openMax = 50_000;

/** Opens tokens whose keys were read for it. */
export interface Reader {
  /**
   * What a token holds: {@link erasedText} where its key was destroyed, or where it is none that this key
   * made; undefined for a text that is no token.
   */
  read(text: string): Json | undefined;
  /** A value with every token read. */
  reading<T>(value: T): T;
  /**
   * The same for whoever works with it. What a record showed counts as not known where its key is missing,
   * so that its next reading brings it; throws {@link SealedElsewhere} for anything else.
   */
  opened<T>(value: T): T;
  /** Another value under the key of a token. */
  again(token: string, value: Json): string;
}

/** Seals and opens values of a store. */
export interface Vault {
  /** New keys are wrapped under this master key from now on. */
  wrapUnder(master: string): void;
  readonly subjectOfRecord: (record: RecordKey) => string;
  readonly subjectOfLink: (link: string, entity: string | null) => string;
  readonly isLinkId: (text: string) => boolean;
  /** Seals under the keys of these subjects, which are made where they are missing. */
  pen(subjects: ReadonlySet<string>, keys?: KeyTable): Promise<Pen>;
  /** What reads the tokens of a value. Rejects with {@link SealedElsewhere} as `pen` does. */
  reader(value: unknown, keys?: KeyTable): Promise<Reader>;
  /** A value with every token opened. */
  open<T>(value: T, keys?: KeyTable): Promise<T>;
}

/** A value with what `change` makes of each token. */
export const withTokens = <T>(value: T, change: (token: string) => string): T =>
  withTexts(value, (text) => (keyOfToken(text) === undefined ? text : change(text))) as T;

/** The store holds values under a master key that is not given. Nothing was read. */
export class SealedElsewhere extends Error {
  readonly code = "sealing_key_missing";
  constructor(message: string) {
    super(message);
    this.name = "SealedElsewhere";
  }
}

/** Keys that were unwrapped, by their id; of too many the oldest goes. */
function keyRing(cipher: SealingCipher): {
  readonly opened: ReadonlyMap<string, TextCipher>;
  readonly unwrapped: (row: WrappedKey) => TextCipher;
} {
  const opened = new Map<string, TextCipher>();
  const unwrapped = (row: WrappedKey): TextCipher => {
    const known = opened.get(row.id);
    if (known !== undefined) return known;
    const made = cipher.unwrap(row);
    if (made === null)
      throw new SealedElsewhere(
        `values of the store are sealed under ${row.master}, which \`atRest.key\` does not give`,
      );
    if (opened.size >= openMax) opened.delete(opened.keys().next().value ?? "");
    opened.set(row.id, made);
    return made;
  };
  return { opened, unwrapped };
}

/** Makes the vault of a store. Keys of `keys` are read for every sealing: another worker may destroy one. */
export function createVault({ cipher, hasPersons, ...more }: SealingDeps, keys: KeyTable): Vault {
  const { opened, unwrapped } = keyRing(cipher);
  let wrapping = cipher;
  const isUuid = (text: string): boolean => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);
  const reader: Vault["reader"] = async (value, table = keys) => {
    const ids = new Set([...tokensIn(value)].map((token) => keyOfToken(token) ?? ""));
    const missing = [...ids].filter((id) => !opened.has(id));
    const known = [...ids].flatMap((id): [string, TextCipher][] => {
      const key = opened.get(id);
      return key === undefined ? [] : [[id, key]];
    });
    const rows = missing.length === 0 ? [] : await table.keysNamed(missing);
    return readerOf(new Map([...known, ...rows.map((row) => [row.id, unwrapped(row)] as const)]));
  };
  return {
    wrapUnder(master) {
      wrapping = cipher.under(master);
    },
    subjectOfRecord: ({ connection, entity, id }) =>
      hasPersons(entity) ? `r:${connection}/${entity}/${id}` : ownSubject,
    subjectOfLink: (link, entity) => (entity === null || hasPersons(entity) ? `l:${link}` : ownSubject),
    isLinkId: more.isLinkId ?? isUuid,
    reader,
    open: async (value, table) => (await reader(value, table)).opened(value),
    async pen(subjects, table = keys) {
      const wanted = [...subjects];
      const found = wanted.length === 0 ? [] : await table.keysOf(wanted);
      const there = new Set(found.map(({ subject }) => subject));
      const missing = wanted.filter((subject) => !there.has(subject));
      // Two workers may make a key of one subject at once: the row that stands is the key of both.
      if (missing.length > 0) await table.addKeys(missing.map((subject) => wrapping.make(subject)));
      const made = missing.length > 0 ? await table.keysOf(missing) : [];
      const pens = new Map([...found, ...made].map((row) => [row.subject, { row, key: unwrapped(row) }]));
      return (subject, value) => {
        const pen = pens.get(subject);
        if (pen === undefined) throw new Error(`no key was made for ${subject.slice(0, 2)}`);
        return tokenOf(pen.row.id, pen.key, value);
      };
    },
  };
}

const tokenOf = (id: string, key: TextCipher, value: Json): string =>
  `${tokenMark}${id}:${key.seal(JSON.stringify(value))}`;

/** What stands for a value whose key is gone: garbage is never handed on. */
function unknownAs(under: string): unknown {
  if (under === "native") return {};
  if (under === "contentHash" || under === "content_hash") return "";
  throw new SealedElsewhere(
    "a value of the store is sealed under a key that `data_key` does not have, or was changed; restore " +
      "that table from a copy that is as new as the store",
  );
}

function readerOf(known: ReadonlyMap<string, TextCipher>): Reader {
  const plainOf = (id: string, token: string): string | null =>
    known.get(id)?.open(token.slice(tokenMark.length + id.length + 1)) ?? null;
  const read: Reader["read"] = (text) => {
    const id = keyOfToken(text);
    if (id === undefined) return undefined;
    const plain = plainOf(id, text);
    return plain === null ? erasedText : (JSON.parse(plain) as Json);
  };
  return {
    read,
    reading: (value) =>
      withTexts(value, (text) => {
        const held = read(text);
        return held === undefined ? text : held;
      }) as typeof value,
    opened: (value) =>
      withTexts(value, (text, under) => {
        const id = keyOfToken(text);
        if (id === undefined) return text;
        const plain = plainOf(id, text);
        return plain === null ? unknownAs(under) : (JSON.parse(plain) as unknown);
      }) as typeof value,
    again(token, value) {
      const id = keyOfToken(token) ?? "";
      const key = known.get(id);
      if (key === undefined) throw new Error("a token is sealed again whose key was not read");
      return tokenOf(id, key, value);
    },
  };
}
