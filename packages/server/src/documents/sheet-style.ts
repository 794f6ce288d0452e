/** Style of documents: to be read on a screen in light and dark, and to be printed and signed. */
export const sheetStyle: string = `
:root { color-scheme: light dark; --ink: #1d2329; --soft: #5b6670; --line: #d9dee3; --paper: #fbfcfd;
  --card: #fff; --put: #14683d; --struck: #a3221b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaee; --soft: #9aa6b1; --line: #2f3840;
  --paper: #14181c; --card: #1b2126; --put: #5cc98d; --struck: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 78rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.7rem; margin: 0 0 .5rem; } h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .25rem; } h4, h5, h6 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .35rem 0; max-width: 75ch; } ul { margin: .35rem 0; padding-left: 1.2rem; max-width: 80ch; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .5rem 0 1rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
nav ol { columns: 16rem; column-gap: 3rem; padding-left: 1.4rem; margin: .25rem 0; }
nav { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .75rem; background: var(--card); }
.sheet { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  margin: .75rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: .45rem .75rem; }
th, td { text-align: left; padding: .4rem .75rem; border-top: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; overflow-wrap: break-word; }
td { min-width: 5rem; overflow-wrap: break-word; }
td.count, th.count { text-align: right; }
td.count { white-space: nowrap; } td.long { min-width: 10rem; } tfoot { font-weight: 600; }
code { font: .82em ui-monospace, monospace; } code span { white-space: nowrap; }
del { color: var(--struck); } ins { color: var(--put); text-decoration: underline; }
a { color: inherit; } p, li { overflow-wrap: anywhere; }
@media screen and (max-width: 45rem) {
  dl { grid-template-columns: 1fr; } dt { margin-top: .35rem; } th, td { padding: .4rem .5rem; }
  tbody th, thead th:first-child { position: sticky; left: 0; background: var(--card); max-width: 8rem; }
  .sheet { background:
    linear-gradient(to left, var(--card) 30%, transparent) right / 3rem 100% no-repeat local,
    linear-gradient(to left, var(--line), transparent) right / 1rem 100% no-repeat scroll, var(--card); }
  tbody th { border-right: 1px solid var(--line); }
}
@page { margin: 16mm 12mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #333; --line: #999; --paper: #fff; --card: #fff;
    --put: #000; --struck: #000; }
  body { font-size: 9.5pt; } main { max-width: none; padding: 0; } nav { display: none; }
  .sheet { overflow: visible; border-radius: 0; } table { font-size: 8.5pt; }
  thead { display: table-header-group; } tr, li { break-inside: avoid; }
  h1, h2, h3, h4, caption { break-after: avoid; } thead th { white-space: normal; }
  td, td.long { min-width: 0; }
}
`;
