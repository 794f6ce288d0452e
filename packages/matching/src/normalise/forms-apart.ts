/**
 * Forms that are one in another language or script: a Russian OOO calls itself LLC, a Chinese company Co.,
 * Ltd. and Ltd. Written with the first spelling of `legal-forms.ts`.
 */
const ones: readonly (readonly string[])[] = [
  ["ooo", "tov", "llc", "ood", "doo"],
  ["ao", "jsc", "at"],
  ["oao", "ojsc"],
  ["zao", "cjsc", "prat"],
  ["pao", "pjsc", "pat"],
  ["ltd", "coltd", "pvtltd", "ptyltd", "pteltd", "pvt", "pty", "pte"],
  ["kk", "coltd"],
  ["sl", "slu"],
  ["oy", "ab", "oyab"],
];
/** Says no more than that it is a company. */
const vague: ReadonlySet<string> = new Set(["co", "gmbhco"]);

const areOne = (one: string, other: string): boolean =>
  one === other || ones.some((group) => group.includes(one) && group.includes(other));

/**
 * Whether two companies' legal forms, each parted by blanks, are told and have none in common: evidence of
 * two legal persons. Never throws.
 */
export function areFormsApart(left: string, right: string): boolean {
  const [mine, theirs] = [left, right].map((forms) =>
    forms.split(" ").filter((form) => form !== "" && !vague.has(form)),
  ) as [string[], string[]];
  if (mine.length === 0 || theirs.length === 0) return false;
  return !mine.some((one) => theirs.some((other) => areOne(one, other)));
}
