/** Every import must be an arrow that the table allows. */
import { rooms, type Room } from "../arrows-table.ts";
import { targetFile, targetOf, type Import } from "../imports.ts";
import type { Canary, Finding, Rule } from "../rule.ts";
import { allCode, isTestCode } from "../scopes.ts";
import type { SourceFile } from "../tree.ts";

const patterns: readonly (readonly [RegExp, Room])[] = rooms
  .toSorted((a, b) => b.at.length - a.at.length)
  .map((room) => {
    const source = room.at.replaceAll(/[.+]/g, String.raw`\$&`).replaceAll("*", "[^/]+");
    return [new RegExp(`^${source}${room.at.endsWith("/") ? "" : "$"}`), room];
  });

/** The room of a file, or undefined when the table has none for it. */
function roomOf(path: string): Room | undefined {
  return patterns.find(([pattern]) => pattern.test(path))?.[1];
}

/** The package (or top folder) a file belongs to: `packages/kernel`, `connectors/http`, `test`. */
function homeOf(path: string): string {
  const [top = "", second = ""] = path.split("/");
  return top === "test" || top === "bench" ? top : `${top}/${second}`;
}

/**
 * A room may reach itself, but `connectors/*` is one room with many houses, and they do not know each other.
 */
function allowsRoom(room: Room, wanted: Room, isOwnHouse: boolean): boolean {
  if (wanted.name === room.name) return isOwnHouse;
  return room.rooms === "*" || room.rooms.includes(wanted.name);
}

function refusal(room: Room, file: SourceFile, each: Import): string | null {
  const target = targetOf(file.path, each.specifier);
  const inTest = isTestCode(file.path);
  if (target.kind === "npm" || target.kind === "builtin") {
    if (inTest) return null;
    const allowed = target.kind === "npm" ? room.npm : room.node;
    if (allowed === "*" || allowed.includes(target.name)) return null;
    return `${room.name} may not import ${target.name}`;
  }
  const path = targetFile(target) ?? "";
  const wanted = roomOf(path);
  if (wanted === undefined)
    return `${each.specifier} leads to ${path}, which no room of the arrow table holds`;
  const isOwnHouse = homeOf(path) === homeOf(file.path);
  if (allowsRoom(room, wanted, isOwnHouse)) {
    return room.typesOnly === true && !each.typeOnly && !inTest ? `${room.name} imports types only` : null;
  }
  if (inTest && (isOwnHouse || room.strictTests !== true)) return null;
  return `${room.name} may not import ${wanted.name} (${each.specifier})`;
}

function* check(file: SourceFile): Iterable<Finding> {
  const room = roomOf(file.path);
  if (room === undefined) {
    if (!file.path.includes("/") || /^(packages|connectors|tools)\/[^/]+\/(test\/|[^/]+$)/.test(file.path))
      return;
    yield { path: file.path, line: 1, message: "no room in the arrow table holds this file" };
    return;
  }
  for (const each of file.imports) {
    const message = refusal(room, file, each);
    if (message !== null) yield { path: file.path, line: file.lineOf(each.start), message };
  }
}

const canaries: readonly Canary[] = [
  {
    title: "the kernel imports the model, by value, by type, and late",
    files: {
      "packages/kernel/src/a.ts":
        'import { x } from "@crossfoot/model";\nimport type { Y } from "@crossfoot/model";\n' +
        'export const z = async (): Promise<unknown> => import("@crossfoot/model");\n' +
        'export type W = import("@crossfoot/model").W;\nexport { x, type Y };\n',
    },
    fires: [1, 2, 3, 4].map((line) => `packages/kernel/src/a.ts:${line}`),
  },
  {
    title: "a connector imports the server, another connector and a socket",
    files: {
      "connectors/http/src/index.ts":
        'import { run } from "crossfoot";\nimport { t } from "@crossfoot/connector-tryton";\n' +
        'import { connect } from "node:net";\nimport { d } from "@crossfoot/connector-sdk";\n',
    },
    fires: [1, 2, 3].map((line) => `connectors/http/src/index.ts:${line}`),
  },
  {
    title: "the runtime reaches past the store's port, http into the store, ports by value",
    files: {
      "packages/server/src/runtime/run.ts":
        'import type { Store } from "../store/port.ts";\nimport { open } from "../store/open.ts";\n',
      "packages/server/src/http/serve.ts": 'import type { Db } from "../store/open.ts";\n',
      "packages/server/src/ports.ts":
        'import { linkId } from "@crossfoot/kernel";\nimport type { LinkId } from "@crossfoot/kernel";\n',
    },
    fires: [
      "packages/server/src/http/serve.ts:1",
      "packages/server/src/ports.ts:1",
      "packages/server/src/runtime/run.ts:2",
    ],
  },
  {
    title: "a worker file counts as an import, a stray file has no room, the twin's tests stay alone",
    files: {
      "packages/server/src/runtime/a.ts": 'export const w = new URL("../cli/x.ts", import.meta.url);\n',
      "packages/server/src/stray.ts": "export const a = 1;\n",
      "packages/twin/src/a.test.ts": 'import { merge } from "@crossfoot/kernel";\n',
    },
    fires: [
      "packages/server/src/runtime/a.ts:1",
      "packages/server/src/stray.ts:1",
      "packages/twin/src/a.test.ts:1",
    ],
  },
  {
    title: "what the table allows",
    files: {
      "packages/model/src/money.ts": 'import Big from "big.js";\nimport { text } from "@crossfoot/kernel";\n',
      "packages/kernel/src/a.test.ts": 'import { it } from "vitest";\nimport { a } from "./a.ts";\n',
      "packages/server/src/runtime/a.test.ts": 'import { memoryStore } from "../store/memory.ts";\n',
      "packages/server/src/main.ts": 'import { http } from "@crossfoot/connector-http";\n',
      "test/e2e/a.test.ts": 'import { twin } from "@crossfoot/twin";\n',
    },
    fires: [],
  },
];

export const arrows: Rule = {
  name: "arrows",
  law: "Every import is an arrow that the table in arrows-table.ts allows; a type import counts.",
  scope: allCode,
  *check(tree) {
    for (const file of tree.files(allCode)) yield* check(file);
  },
  canaries,
};
