import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readContract } from "./contract-compile.ts";
import { applyRedline, contractClauses, redlineOf, wordDiff } from "./contract-redline.ts";
import { contractWords } from "./contract-words.ts";
import { defaultContract, directions } from "./contract.ts";
import { entities, entityNames } from "./entity.ts";
import type { Contract } from "./contract.ts";

const sentence = fc.constantFrom("Ask Ada.", "Never on a Friday.", "<b>loud</b>", "", "a  b ");
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 });
const terms = {
  master: maybe(fc.constantFrom("crm", "erp")),
  direction: maybe(fc.constantFrom(...directions)),
  policy: maybe(fc.constantFrom("master", "newest", "review")),
  onFirstLink: maybe(fc.constantFrom("fill", "master", "review")),
  onForeignEdit: maybe(fc.constantFrom("restore", "keep")),
  means: maybe(sentence),
};
const given = (made: object): object =>
  Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined));

/** Contracts that differ in everything a contract can say. */
const contract: fc.Arbitrary<Contract> = fc
  .record({
    signers: maybe(
      fc.array(fc.record({ department: fc.constantFrom("Sales", "Finance", "IT") }), { minLength: 1 }),
    ),
    entities: fc.dictionary(
      fc.constantFrom(...entityNames),
      fc
        .record({
          ...terms,
          enabled: maybe(fc.boolean()),
          onDelete: maybe(fc.constantFrom("archive", "ask", "ignore")),
          newestTolerance: maybe(fc.nat(9)),
          edgeCases: maybe(fc.array(sentence, { maxLength: 3 })),
          notes: maybe(fc.subarray(["crm", "erp"])),
          effects: maybe(
            fc.array(fc.record({ at: fc.constant("crm"), on: fc.constant("create"), does: sentence }), {
              maxLength: 3,
            }),
          ),
        })
        .map(given),
    ),
    fields: fc.array(fc.tuple(fc.constantFrom(...entityNames), fc.nat(20), fc.record(terms).map(given)), {
      maxLength: 5,
    }),
  })
  .map(({ signers, entities: own, fields }) => {
    const file: { [name: string]: { fields?: object } } = structuredClone(own);
    for (const [entity, pick, change] of fields) {
      const names = Object.keys(entities[entity].fields);
      const field = names[pick % names.length] ?? "";
      file[entity] = { ...file[entity], fields: { ...file[entity]?.fields, [field]: change } };
    }
    const read = readContract({ ...(signers && { signers }), entities: file } as never);
    expect(read.problems).toEqual([]);
    return read.contract;
  });

describe("a redline", () => {
  it("made from one contract to another turns the words of the one into those of the other", () => {
    fc.assert(
      fc.property(contract, contract, (before, after) => {
        const changes = redlineOf(before, after);
        expect(applyRedline(contractClauses(before), changes)).toEqual(contractClauses(after));
      }),
      { numRuns: 200 },
    );
  });

  it("of a contract against itself is empty, and any other contract has one", () => {
    expect(redlineOf(defaultContract, defaultContract)).toEqual([]);
    const { contract: other } = readContract({
      entities: { accounts: { fields: { creditLimit: { master: "crm", direction: "crm-to-erp" } } } },
    });
    expect(redlineOf(defaultContract, other).map(({ place, was, is }) => [place, was, is])).toEqual([
      ["accounts/creditLimit/master", "Master of record: the ERP.", "Master of record: the CRM."],
      [
        "accounts/creditLimit/who decides",
        "The ERP decides; an edit in the CRM is shown and put back.",
        "The CRM decides; an edit in the ERP is shown and put back.",
      ],
      [
        "accounts/creditLimit/first time",
        "The ERP's value stands, unless it is empty.",
        "The CRM's value stands, unless it is empty.",
      ],
    ]);
  });

  it("has each sentence at one place only", () => {
    fc.assert(
      fc.property(contract, (one) => {
        const places = contractClauses(one).map(({ place }) => place);
        expect(new Set(places).size).toBe(places.length);
      }),
    );
  });

  it("tells by words what is other in a sentence, and loses none of them", () => {
    fc.assert(
      fc.property(sentence, sentence, (was, is) => {
        const diff = wordDiff(was, is);
        expect(diff.start + diff.was + diff.end).toBe(was);
        expect(diff.start + diff.is + diff.end).toBe(is);
      }),
    );
    expect(wordDiff("The ERP decides; here.", "The CRM decides; here.")).toEqual({
      start: "The ",
      was: "ERP ",
      is: "CRM ",
      end: "decides; here.",
    });
  });
});

describe("the contract in words", () => {
  it("defines every field of every entity, and says what happens to it", () => {
    const { entities: all } = contractWords(defaultContract);
    const silent = all.flatMap(({ entity, fields }) =>
      fields
        .filter(({ definition, means, firstLink }) => [definition, means, firstLink].includes(""))
        .map(({ field }) => `${entity}.${field}`),
    );
    expect(silent).toEqual([]);
    expect(all.map(({ entity }) => entity)).toEqual(entityNames);
    expect(all.filter(({ edgeCases }) => edgeCases.length === 0)).toEqual([]);
  });

  it("a contract needs somebody who signs it", () => {
    expect(readContract({ signers: [] }).problems).toHaveLength(1);
    expect(readContract({ signers: [{ role: "x" }] }).problems).toHaveLength(1);
    expect(readContract({ signers: [{ department: "Finance", rôle: "x" }] }).problems).toHaveLength(1);
  });
});
