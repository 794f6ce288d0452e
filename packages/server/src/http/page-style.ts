import { createHash } from "node:crypto";

/** Style of all pages: readable without scripts, in light and dark, on a telephone and on a wall. */
export const pageStyle: string = `
:root { color-scheme: light dark; --ink: #1d2329; --soft: #5b6670; --line: #d9dee3; --paper: #fbfcfd;
  --card: #fff; --good: #1a7f4b; --warn: #8a5a00; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaee; --soft: #9aa6b1; --line: #2f3840;
  --paper: #14181c; --card: #1b2126; --good: #5cc98d; --warn: #e0b04c; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; max-width: 65ch; }
.soft, time { color: var(--soft); }
.verdict { font-weight: 600; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.sheet { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .45rem .75rem; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; }
time { white-space: nowrap; }
.count { text-align: right; white-space: nowrap; }
.zero { color: var(--soft); }
td.text { min-width: 14rem; overflow-wrap: anywhere; }
article { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem;
  margin: .75rem 0; }
article h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
article ul { margin: .4rem 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
article p { max-width: none; overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1rem 0; }
code { font-size: .9em; overflow-wrap: anywhere; }
footer { margin-top: 2rem; color: var(--soft); font-size: .9rem; }
a { color: inherit; }
`;

const digest = createHash("sha256").update(pageStyle, "utf8").digest("base64");

/** Source of the style for the Content-Security-Policy: nothing else may style the page. */
export const pageStyleSource: string = `'sha256-${digest}'`;
