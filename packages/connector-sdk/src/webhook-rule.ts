/** How deliveries are proved and read, as data: a vendor's form, or what a description of a system says. */
export interface WebhookRule {
  /** Name of a vendor's form that lies under the rest. */
  readonly form?: string;
  /** Templates of the secrets that prove a delivery, where neither signature nor token says its own. */
  readonly secret?: string | readonly string[];
  readonly signature?: SignatureRule;
  readonly token?: TokenRule;
  /** Whether the sender has to show the client certificate that the connection names. */
  readonly certificate?: boolean;
  /** Values that have to stand in the body, by path; templates. They prove nothing by themselves. */
  readonly expects?: { readonly [path: string]: string };
  readonly timestamp?: StampRule;
  readonly deliveryId?: DeliveryIdRule;
  /** Form of the body; JSON when nothing is said. */
  readonly body?: "json" | "outbound-message";
  /** A call with this query parameter asks whether the address is ours; its value is the answer. */
  readonly handshake?: { readonly query: string };
  /** What the sender wants to hear when there is no room; 429 when nothing is said. */
  readonly busyStatus?: 429 | 503;
  /** Path of the rows in the body; the whole body, one row or a list of them, when nothing is said. */
  readonly rows?: string;
  readonly entity: EntityRule;
  readonly id: string | PartRule;
}

/** An HMAC over the delivery. */
export interface SignatureRule {
  readonly header: string;
  readonly prefix?: string;
  readonly algorithm?: "sha1" | "sha256" | "sha512";
  readonly encoding?: "hex" | "base64";
  /** Templates of the secrets, each of which is taken. */
  readonly secret?: string | readonly string[];
  /** Template over `method`, `url`, `timestamp` (as it was sent) and `body` (its bytes). The body alone. */
  readonly signs?: string;
  readonly unwrap?: "base64";
  readonly after?: string;
  /** Characters whose percent escapes the sender decodes in the address before it signs. */
  readonly decodes?: string;
}

/** A fixed secret: in a header, in the query of the address, or at a path in every row of the body. */
export interface TokenRule {
  readonly header?: string;
  readonly query?: string;
  readonly path?: string;
  readonly secret?: string | readonly string[];
}

/** The time that the sender gave the delivery. */
export interface StampRule {
  readonly header: string;
  readonly form?: "epoch" | "epochMs" | "iso";
  /** How far it may be from our clock, ms; 300,000 when nothing is said. */
  readonly toleranceMs?: number;
}

/** What tells a delivery that comes again from another one. */
export interface DeliveryIdRule {
  readonly path?: string;
  readonly header?: string;
  /** Equal bytes, with an equal time where there is one, are one delivery. */
  readonly digest?: boolean;
}

/** Which entity a row is about. */
export interface EntityRule {
  readonly is?: string;
  readonly path?: string;
  /** Parameter of the address that we gave the sender. */
  readonly query?: string;
  readonly after?: string;
  readonly before?: string;
  readonly end?: string;
  /** Entity by native value. */
  readonly values?: { readonly [value: string]: string };
}

/** A part of the text at a path. */
export interface PartRule {
  readonly path: string;
  /** It begins after the last of these. */
  readonly after?: string;
  /** It ends before the first of these that follows. */
  readonly before?: string;
  /** The text has to end with this, which is left out. */
  readonly end?: string;
}

/** The part of a text that a rule names, or undefined when the text is not so formed. Pure. */
export function partOf(text: string, rule: Pick<PartRule, "after" | "before" | "end">): string | undefined {
  const { after, before, end } = rule;
  if (end !== undefined && !text.endsWith(end)) return undefined;
  const whole = end === undefined ? text : text.slice(0, text.length - end.length);
  const from = after === undefined ? 0 : whole.lastIndexOf(after);
  if (from < 0) return undefined;
  const rest = whole.slice(from + (after?.length ?? 0));
  const to = before === undefined ? rest.length : rest.indexOf(before);
  return to < 0 ? undefined : rest.slice(0, to);
}

/** A parameter of an address, or undefined when it is not there or the address cannot be read. */
export function queryOf(url: string, name: string): string | undefined {
  return URL.canParse(url) ? (new URL(url).searchParams.get(name) ?? undefined) : undefined;
}
