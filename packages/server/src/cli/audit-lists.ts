import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { auditEntities } from "@crossfoot/matching";
import type { AuditEntity } from "@crossfoot/matching";
import { nearestName } from "@crossfoot/model";
import type { AuditRow, AuditSource, OpenList } from "../audit/source.ts";
import { readTableRows } from "./match-table.ts";
import { badInput } from "./refusal.ts";

/** Names of files, without ending and in small letters, by what they hold. */
const byName: readonly (readonly [RegExp, AuditEntity])[] = [
  [/(?:order|invoice|quote|document)[-_ ]?(?:line|detail|item)s?$|^lines$/, "lines"],
  [/^(?:accounts?|customers?|compan(?:y|ies)|clients?|partners?|stores?|debtors?|kunden)$/, "accounts"],
  [/^(?:contacts?|people|persons?|kontakte)$/, "contacts"],
  [/^(?:products?|items?|articles?|materials?|tracks?|artikel)$/, "products"],
  [/^(?:price[-_ ]?books?|price[-_ ]?lists?)$/, "pricebooks"],
  [/^(?:quotes?|quotations?|offers?|estimates?|angebote)$/, "quotes"],
  [/^(?:sales[-_ ]?)?orders?$|^auftraege$/, "orders"],
  [/^invoices?$|^bills?$|^rechnungen$/, "invoices"],
  [/^(?:inventory|stock)$/, "inventory"],
  [/^(?:shipments?|deliver(?:y|ies))$/, "shipments"],
];

/** Lists of one side, and files of a folder that were left alone. */
export interface SideLists {
  readonly sources: readonly AuditSource[];
  readonly ignored: readonly string[];
}

/**
 * The lists that `--crm` or `--erp` names: folders with files such as `accounts.csv`, or `accounts=<file>`.
 * Throws a Refusal where one cannot be found or means two.
 */
export function listsOf(side: string, names: readonly string[]): SideLists {
  const files = new Map<AuditEntity, string>();
  const ignored: string[] = [];
  const add = (entity: AuditEntity, file: string): void => {
    const known = files.get(entity);
    if (known !== undefined)
      throw badInput(
        `both ${known} and ${file} are ${entity} of the ${side}; name one with ${entity}=<file>`,
      );
    files.set(entity, file);
  };
  for (const name of names) {
    const split = name.indexOf("=");
    if (split > 0 && !exists(name)) add(entityOf(name.slice(0, split)), name.slice(split + 1));
    else if (!exists(name)) throw badInput(`there is no folder ${name}; write a folder or accounts=<file>`);
    else if (!statSync(name).isDirectory()) add(entityByFile(name), name);
    else {
      const csvs = readdirSync(name).filter((file) => /\.(?:csv|tsv|txt)$/i.test(file));
      for (const file of csvs.toSorted()) {
        const entity = entityNamed(file);
        if (entity === undefined) ignored.push(join(name, file));
        else add(entity, join(name, file));
      }
    }
  }
  if (names.length > 0 && files.size === 0)
    throw badInput(`no file of the ${side} is called as what it holds, such as accounts.csv`);
  const sources = [...files].map(([entity, file]): AuditSource => ({
    ...{ side, entity, from: file },
    open: () => openFile(file),
  }));
  return { sources, ignored };
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function entityNamed(file: string): AuditEntity | undefined {
  const name = basename(file)
    .replace(/\.\w+$/, "")
    .toLowerCase();
  return byName.find(([pattern]) => pattern.test(name))?.[1];
}

function entityByFile(file: string): AuditEntity {
  const entity = entityNamed(file);
  if (entity === undefined)
    throw badInput(`the name of ${file} does not tell what it holds; write accounts=${file}`);
  return entity;
}

/** The kind of list that is called so. Throws a Refusal that names the nearest. */
export function entityOf(text: string): AuditEntity {
  const entity = auditEntities.find((each) => each === text) ?? entityNamed(text);
  if (entity !== undefined) return entity;
  const near = nearestName(text, auditEntities);
  const hint = near === undefined ? `there are: ${auditEntities.join(", ")}` : `did you mean \`${near}\`?`;
  throw badInput(`no list is called \`${text}\`; ${hint}`);
}

async function openFile(file: string): Promise<OpenList> {
  const rows = readTableRows(file)[Symbol.asyncIterator]();
  const first = await rows.next();
  // A file without rows was refused by its reader.
  const names = first.done === true ? [] : first.value.header;
  return { names, columns: null, isLinked: false, rows: rest(first, rows) };
}

type Read = { readonly row: readonly string[] };

async function* rest(first: IteratorResult<Read>, rows: AsyncIterator<Read>): AsyncIterable<AuditRow> {
  try {
    for (let next = first; next.done !== true; next = await rows.next()) yield { cells: next.value.row };
  } finally {
    // Who stops early closes the file.
    await rows.return?.();
  }
}
