import fc from "fast-check";
import { expect, it } from "vitest";
import { vocabularyOf } from "../columns/vocabulary.ts";
import { WordFacts } from "../text/word-facts.ts";
import { NameGate } from "./name-gate.ts";
import { companyLikeness, personLikeness, sameNameMin } from "./names.ts";

const word = fc.oneof(
  fc.constantFrom("anna", "ana", "bob", "robert", "al", "b", "steel", "steal", "4", "ab4", "schmidt", "smid"),
  fc.string({ unit: fc.constantFrom("a", "b", "s", "c", "h", "y", "k"), minLength: 1, maxLength: 8 }),
);
const name = fc.array(word, { minLength: 1, maxLength: 5 });

it.each(["companies", "people"] as const)(
  "the gate never turns away two names of %s that are alike",
  (of) => {
    fc.assert(
      fc.property(name, name, (left, right) => {
        const vocabulary = vocabularyOf([{ name: "name", kind: "name", left: 0, right: 0 }]);
        const [values] = vocabulary.fields;
        if (values === undefined) throw new Error("no field");
        const ids = [left, right].map((words) => values.idOf({ key: words.join(" "), words })) as [
          number,
          number,
        ];
        const gate = new NameGate({ values, facts: new WordFacts(vocabulary.words), of });
        const likeness =
          of === "people" ? personLikeness(left, right) : companyLikeness(left, right, () => 1);
        const isExact = left.join("") === right.join("");
        if (likeness >= sameNameMin && !isExact) expect(gate.mayBeOne(...ids)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  },
);
