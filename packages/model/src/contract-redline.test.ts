import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readContract } from "./contract-compile.ts";
import { canonicalBytes } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import { applyRedline, contractClauses, redlineOf, wordDiff } from "./contract-redline.ts";
import { contractOfTerms, silentTerms } from "./contract-terms.ts";
import { contractWords } from "./contract-words.ts";
import { defaultContract, directions } from "./contract.ts";
import { isCompanyFact } from "./company-totals.ts";
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
    periods: maybe(
      fc.record({
        closedThrough: fc.constantFrom("2026-10-31", "2026-11-30"),
        entities: fc.subarray(["orders", "invoices"], { minLength: 1 }),
      }),
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
          matchKeys: maybe(fc.constant([])),
          create: maybe(fc.constantFrom({}, { crm: { when: "never" } }, { erp: { when: "always" } })),
          consolidation: maybe(
            fc
              .record({
                automaticFrom: maybe(fc.constantFrom(0.9, 0.99)),
                owner: maybe(sentence),
                by: maybe(fc.constantFrom({}, { crm: "merge" }, { erp: "archive", crm: "merge" })),
                survivorship: maybe(fc.constantFrom({}, { "*": "newest" })),
              })
              .map(given),
          ),
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
  .map(({ signers, periods, entities: own, fields }) => {
    const file: { [name: string]: { fields?: object } } = structuredClone(own);
    for (const [entity, pick, change] of fields) {
      // Facts in the company's currency take no terms but their meaning.
      const names = Object.keys(entities[entity].fields).filter((name) => !isCompanyFact(name));
      const field = names[pick % names.length] ?? "";
      file[entity] = { ...file[entity], fields: { ...file[entity]?.fields, [field]: change } };
    }
    const read = readContract({
      ...(signers && { signers }),
      ...(periods && { periods }),
      entities: file,
    } as never);
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
        "accounts/creditLimit/which way it travels",
        "It travels from the ERP to the CRM.",
        "It travels from the CRM to the ERP.",
      ],
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

  it("tells a direction alone in a line of its own", () => {
    const { contract: other } = readContract({
      entities: { accounts: { fields: { phone: { direction: "erp-to-crm" } } } },
    });
    const told = redlineOf(defaultContract, other).filter(({ topic }) => topic === "which way it travels");
    expect(told.map(({ place, was, is }) => [place, was, is])).toEqual([
      ["accounts/phone/which way it travels", "It travels both ways.", "It travels from the ERP to the CRM."],
    ]);
  });

  it("an entry of a list that is put in, struck, moved or reworded is that alone", () => {
    const withCases = (...edgeCases: readonly string[]): Contract =>
      readContract({ entities: { accounts: { edgeCases } } }).contract;
    const told = (before: readonly string[], after: readonly string[]): readonly (string | null)[][] =>
      redlineOf(withCases(...before), withCases(...after)).map(({ topic, was, is }) => [topic, was, is]);
    const many = ["Ask Ada first.", "Dealers are accounts.", "A branch is none."];
    expect(told(many, ["Never on a Friday.", ...many])).toEqual([
      ["edge case 1", null, "Never on a Friday."],
    ]);
    expect(told(many, many.slice(1))).toEqual([["edge case 1", "Ask Ada first.", null]]);
    expect(told(many, many.with(1, "Dealers are brands."))).toEqual([
      ["edge case 2", "Dealers are accounts.", "Dealers are brands."],
    ]);
    expect(told(["a", "b", "c"], ["b", "c", "a"])).toEqual([
      ["edge case 1", "a", null],
      ["edge case 3", null, "a"],
    ]);
    expect(told(["a", "a"], ["a", "a", "a"])).toEqual([["edge case 3", null, "a"]]);
  });

  it("a signer is known by the department, an effect by its occasion", () => {
    const mail = { at: "crm", on: "create", does: "mails the customer" };
    const made = (signers: readonly object[], effects: readonly object[]): Contract =>
      readContract({ signers, entities: { accounts: { effects } } } as never).contract;
    const before = made([{ department: "Sales" }, { department: "Finance", name: "Ada" }], [mail]);
    const after = made(
      [{ department: "IT" }, { department: "Finance", name: "Bob" }],
      [
        { ...mail, on: "delete", does: "tells nobody" },
        { ...mail, does: "prints a letter" },
      ],
    );
    expect(redlineOf(before, after).map(({ topic, was, is }) => [topic, was, is])).toEqual([
      ["signer 1", "Sales signs.", null],
      ["signer 1", null, "IT signs."],
      ["signer 2", "Finance, Ada signs.", "Finance, Bob signs."],
      ["sets off 1", null, "Deleting one in the CRM sets off: tells nobody."],
      [
        "sets off 2",
        "Creating one in the CRM sets off: mails the customer.",
        "Creating one in the CRM sets off: prints a letter.",
      ],
    ]);
  });

  it("under another hash is never empty: what no sentence tells is told as a term", () => {
    let silent = 0;
    fc.assert(
      fc.property(contract, contract, (before, after) => {
        const [was, is] = [before, after] as unknown as readonly [Json, Json];
        const terms = silentTerms(was, is);
        silent += terms.length;
        const isOther = canonicalBytes(was) !== canonicalBytes(is);
        expect(redlineOf(before, after).length + terms.length > 0).toBe(isOther);
        expect(terms.filter((term) => canonicalBytes(term.was) === canonicalBytes(term.is))).toEqual([]);
      }),
      { numRuns: 50 },
    );
    expect(silent).toBeGreaterThan(50);
  });

  it("one term alone that is another is told: by a sentence, or by its path and both values", () => {
    const term = fc.constantFrom<readonly [string, string, Json]>(
      ["onForeignEdit", "accounts.onForeignEdit", "keep"],
      ["onReturn", "accounts.onReturn", "restore"],
      ["newestTolerance", "accounts.newestTolerance", 77],
      ["matchKeys", "accounts.matchKeys", [["phone"]]],
      ["ownership", "accounts.ownership", []],
      ["effects", "accounts.effects", [{ at: "crm", on: "note", does: "rings" }]],
      ["notes", "accounts.notes", ["erp"]],
      ["means", "accounts.means", "Whoever pays."],
      ["policy", "accounts.policy", "custom"],
    );
    fc.assert(
      fc.property(contract, fc.boolean(), term, (before, isOn, [name, , value]) => {
        const own = { ...before.entities.accounts, enabled: isOn };
        const [was, is] = [own, { ...own, [name]: value }].map((accounts) => {
          return { ...before, entities: { ...before.entities, accounts } } as unknown as Json;
        }) as [Json, Json];
        const isOther = canonicalBytes(was) !== canonicalBytes(is);
        const sentences = redlineOf(contractOfTerms(was), contractOfTerms(is));
        const terms = silentTerms(was, is);
        expect(sentences.length + terms.length > 0).toBe(isOther);
        // Nothing of an entity that is switched off shows in a sentence.
        if (!isOn) expect([sentences, terms.length > 0]).toEqual([[], isOther]);
        for (const { path } of terms) expect(path).toContain(`accounts.${name}`);
      }),
      { numRuns: 300 },
    );
    const [was, is] = ["restore", "keep"].map((onForeignEdit) => {
      const fields = { name: { onForeignEdit } };
      return readContract({ entities: { accounts: { fields } } }).contract as unknown as Json;
    }) as [Json, Json];
    expect(silentTerms(was, is)).toEqual([
      { path: "accounts.fields.name.onForeignEdit", was: "restore", is: "keep" },
    ]);
  });

  it("a contract of which an older Crossfoot kept fewer terms differs by what it did not say", () => {
    const { edgeCases: _cases, onReturn: _return, ...accounts } = defaultContract.entities.accounts;
    const old = {
      ...defaultContract,
      entities: { ...defaultContract.entities, accounts },
    } as unknown as Json;
    const changes = redlineOf(contractOfTerms(old), defaultContract).map(({ list }) => list);
    expect(new Set(changes)).toEqual(new Set(["accounts//edge case"]));
    const terms = silentTerms(old, defaultContract as unknown as Json);
    expect(terms).toEqual([{ path: "accounts.onReturn", was: null, is: "ask" }]);
  });

  it("of five thousand entries that all moved is made without comparing each with each", () => {
    const cases = Array.from({ length: 5_000 }, (_, at) => `Case ${at}: somebody asks.`);
    const [before, after] = [cases, cases.toReversed()].map(
      (edgeCases) => readContract({ entities: { accounts: { edgeCases } } }).contract,
    ) as [Contract, Contract];
    expect(redlineOf(before, after).length).toBeGreaterThan(4_000);
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
