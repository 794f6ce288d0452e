/**
 * `npm run sbom [-- FILE]`: the parts of what is shipped, as CycloneDX 1.5 in JSON, from the lockfile that is
 * installed; fails when a part has a licence that is not allowed. Without a file it goes to stdout.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { licenceFaults } from "./licences.ts";
import type { Part } from "./licences.ts";

interface Bill {
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly Part[];
}

const root = new URL("../../../", import.meta.url);
const outputBytesMax = 64 * 1024 * 1024;
const args = ["sbom", "--sbom-format=cyclonedx", "--sbom-type=application", "--omit=dev"];
const text = execFileSync("npm", args, { cwd: root, encoding: "utf8", maxBuffer: outputBytesMax });
const made = JSON.parse(text) as Bill;
// npm names the product by the folder that it lies in.
const { name } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { readonly name: string };
const { metadata } = made;
const bill: Bill = { ...made, metadata: { ...metadata, component: { ...metadata.component, name } } };
const [file] = process.argv.slice(2);
const printed = `${JSON.stringify(bill, null, 2)}\n`;
if (file === undefined) process.stdout.write(printed);
else writeFileSync(file, printed);
const faults = licenceFaults(bill.components);
for (const fault of faults) process.stderr.write(`licence: ${fault}\n`);
process.stderr.write(
  `${bill.components.length} parts, ${faults.length} with a licence that is not allowed\n`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
