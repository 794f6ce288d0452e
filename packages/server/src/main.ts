#!/usr/bin/env node
/** Starts the command line of Crossfoot, with the code that Node compiled the last time. */
import { existsSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

/** Beside the code: in a folder that everybody may write to, others could put code of theirs. */
const modules = fileURLToPath(new URL("../../../node_modules", import.meta.url));
if (existsSync(modules)) enableCompileCache(`${modules}/.cache/crossfoot-compiled`);

await import("./command-line.ts");
