/** Style of the audit: readable on a screen and on paper, in light and dark. */
export const pageCss: string = `
:root { color-scheme: light dark; --ink: #1d2329; --soft: #5b6670; --line: #d9dee3; --paper: #fbfcfd;
  --card: #fff; --good: #1a7f4b; --warn: #8a5a00; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaee; --soft: #9aa6b1; --line: #2f3840;
  --paper: #14181c; --card: #1b2126; --good: #5cc98d; --warn: #e0b04c; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .3rem 0; max-width: 70ch; }
.soft { color: var(--soft); } .good { color: var(--good); }
.numbers { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.2rem 0; }
.numbers div { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .7rem 1rem; flex: 1 1 9rem; }
.numbers b { display: block; font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.numbers span { color: var(--soft); font-size: .9rem; }
.numbers .good b { color: var(--good); } .numbers .warn b { color: var(--warn); }
.numbers .bad b { color: var(--bad); }
article { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .8rem 1rem; margin: .7rem 0; break-inside: avoid; }
.value { white-space: pre-wrap; } code { white-space: nowrap; }
.place { display: inline-block; min-width: 1.6rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.tag { font-size: .8rem; font-weight: 600; border: 1px solid currentColor; border-radius: 1rem;
  padding: 0 .6rem; margin-left: .4rem; white-space: nowrap; }
.tag.stop { color: var(--bad); } .tag.fault { color: var(--warn); } .tag.note { color: var(--soft); }
ul { margin: .4rem 0 0; padding-left: 1.2rem; } li { margin: .15rem 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; background: var(--card); font-size: .95rem;
  font-variant-numeric: tabular-nums; border: 1px solid var(--line); }
th, td { text-align: left; padding: .4rem .7rem; border-top: 1px solid var(--line); vertical-align: top; }
td.soft { overflow-wrap: anywhere; }
thead th { color: var(--soft); font-weight: 600; } .count { text-align: right; }
footer { margin-top: 2rem; color: var(--soft); font-size: .9rem; }
pre.commands { margin: .5rem 0 0; padding: .5rem .7rem; border: 1px solid var(--line); border-radius: .3rem;
  background: var(--paper); font: .85rem/1.5 ui-monospace, monospace; white-space: pre-wrap;
  overflow-wrap: anywhere; }
summary { cursor: pointer; padding: .3rem 0; }
@media screen and (max-width: 45rem) {
  table { display: block; overflow-x: auto; } th, td { padding: .35rem .5rem; }
  td.soft { min-width: 14rem; }
}
`;
