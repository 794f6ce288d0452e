import fc from "fast-check";
import type { AnswerClaim, AuditDraft, KeyDraft } from "../port.ts";
import { plain } from "./random-call.ts";
import type { Call } from "./random-call.ts";

const keyId = fc.constantFrom("k1", "k2", "é3");
const somebody = fc.constantFrom("somebody", "another");
const spanMs = fc.constantFrom(0, 5, 900);
const keyDraft: fc.Arbitrary<KeyDraft> = fc.record({
  id: keyId,
  name: fc.constant("a key"),
  role: fc.constantFrom("viewer", "administrator"),
  scopes: fc.subarray(["records:read", "plans:write"]),
  secretHash: fc.constant("h"),
  by: somebody,
  expiresInMs: fc.option(spanMs),
});
const answerName = {
  key: fc.constantFrom("k1", "k2"),
  name: fc.constantFrom("n1", "n2"),
  route: fc.constantFrom("undo", "applyPlan p-1"),
};
const holder = fc.constantFrom("one", "two");
const answerClaim: fc.Arbitrary<AnswerClaim> = fc.record({
  ...answerName,
  digest: fc.constantFrom("d1", "d1", "d2"),
  holder,
  holdMs: spanMs,
  keepMs: fc.constantFrom(5, 900, 900),
});
const auditDraft: fc.Arbitrary<AuditDraft> = fc.record({
  at: fc.constantFrom("2026-01-05T08:00:00.000Z", "2026-01-05T08:01:00.500Z"),
  kind: fc.constantFrom("key_refused", "role_refused"),
  body: fc.constantFrom({ count: 1 }, { bb: 1, a: [] }),
});

/** Calls about keys, answers to repeated requests and the audit log that change something. */
export const accessChanges: { readonly [method: string]: fc.Arbitrary<Call> } = {
  saveKey: plain("saveKey", keyDraft),
  revokeKey: plain("revokeKey", keyId, somebody),
  rotateKey: plain("rotateKey", keyId, keyDraft, spanMs),
  noteKeyUse: plain("noteKeyUse", keyId, spanMs),
  claimAnswer: plain("claimAnswer", answerClaim),
  endAnswer: plain(
    "endAnswer",
    fc.record({ ...answerName, holder }),
    fc.constantFrom(null, { status: 200, body: { b: 1, a: [] } }),
  ),
  forgetAnswers: plain("forgetAnswers"),
  forgetPlans: plain("forgetPlans", spanMs),
  appendAudit: plain("appendAudit", fc.array(auditDraft, { maxLength: 2 })),
};

/** Those that only look. */
export const accessLooks: { readonly [method: string]: fc.Arbitrary<Call> } = {
  findKey: plain("findKey", keyId),
  listKeys: plain("listKeys"),

  listAudit: plain("listAudit", fc.constantFrom(0, 1), fc.integer({ min: 1, max: 4 })),
};
