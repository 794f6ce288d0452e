/** Deepest nesting of JSON that is taken from outside; real records stay below 20. */
export const jsonDepthMax = 100;

const [quote, escape, open, openList, close, closeList] = ['"', "\\", "{", "[", "}", "]"].map((each) =>
  each.charCodeAt(0),
);

/**
 * Whether a text is JSON of more than 100 levels: whoever walks it would run out of stack. Looks at brackets
 * outside of texts and at nothing else, so that it is told before anything is parsed. Never throws.
 */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (isText) {
      if (unit === escape) at += 1;
      else if (unit === quote) isText = false;
    } else if (unit === quote) isText = true;
    else if (unit === open || unit === openList) {
      depth += 1;
      if (depth > jsonDepthMax) return true;
    } else if (unit === close || unit === closeList) depth -= 1;
  }
  return false;
}
