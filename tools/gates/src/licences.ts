/** Licences that what is shipped may have, and the check of a list of parts against them. */

/** SPDX names that are allowed. */
const allowedLicences: readonly string[] = [
  ...["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD", "BlueOak-1.0.0"],
];

/** Packages that name no SPDX licence; somebody has read the file in the package. By exact version. */
export const readByHand: { readonly [part: string]: string } = {
  "dejavu-fonts-ttf@2.37.3": "Bitstream Vera and Arev, public domain changes: free to ship (LICENSE)",
  "png-js@2.0.0": "MIT (LICENSE)",
};

/** A part as CycloneDX 1.5 lists it. */
export interface Part {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly {
    readonly license?: { readonly id?: string; readonly name?: string };
    readonly expression?: string;
  }[];
}

/** Whether allowed licences make an expression: one of those joined by OR, all of those joined by AND. */
function isAllowed(expression: string): boolean {
  const plain = expression.replaceAll(/[()]/g, " ").trim();
  return plain
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((each) => allowedLicences.includes(each.trim())));
}

/** What is wrong with the licences of parts, a line each. A list without parts is wrong itself. */
export function licenceFaults(parts: readonly Part[]): readonly string[] {
  if (parts.length === 0) return ["the list has no parts: nothing was looked at"];
  return parts.flatMap(({ name, version, licenses = [] }) => {
    const part = `${name}@${version}`;
    if (readByHand[part] !== undefined) return [];
    const named = licenses.map(({ license, expression }) => expression ?? license?.id ?? license?.name ?? "");
    if (named.length === 0) return [`${part} names no licence`];
    const wrong = named.filter((each) => !isAllowed(each));
    return wrong.length === 0 ? [] : [`${part} is under ${wrong.join(", ")}`];
  });
}
