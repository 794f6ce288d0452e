import type { JsonMap } from "@crossfoot/kernel";
import type { Action } from "../action.ts";
import type { Random } from "../random.ts";
import type { Drawing } from "./drawn.ts";
import { bothRoles, Deeds, madeOf } from "./drawn.ts";

const given = ["Ada", "Bo", "Chloé", "Dirk", "Eve"] as const;
const family = ["Lund", "Okafor", "Meyer", "Šimek"] as const;
const titles = ["Buyer", "Head of  Purchasing", "CFO ", "Développeuse"] as const;

/** A fresh contact of an account in plain form. */
function contact(random: Random, tag: string, account: string): JsonMap {
  return {
    name: { given: random.pick(given), family: `${random.pick(family)} ${tag}` },
    title: random.pick(titles),
    phone: `+49 30 ${random.between(1000, 9999)}`,
    mobile: tag,
    email: `${tag}@people.example`,
    account,
    status: "active",
  };
}

/** What a person may change of a contact. */
export function contactEdit(random: Random, at: number): JsonMap {
  return random.pick<JsonMap>([
    { name: { given: random.pick(given), family: `${random.pick(family)} ${at}` } },
    { title: `${random.pick(titles)} ${at}` },
    { phone: `+49 40 ${at}` },
    { email: `mail${at}@people.example` },
    { status: random.pick(["active", "inactive"]) },
  ]);
}

/** Contacts of the accounts of a run: made on either side, edited on both, moved to another account. */
export function drawContacts({ random, scene, before }: Drawing): readonly Action[] {
  const accounts = madeOf(before, "accounts");
  if (accounts.length === 0) return [];
  const deeds = new Deeds("k", random);
  const entity = "contacts";
  const tags = Array.from({ length: random.between(1, 3) }, (_, at) => `k${at + 1}`);
  for (const tag of tags) {
    const account = random.pick(accounts);
    // Mostly where the account is made; else when it may have come over.
    const isThere = random.chance(0.7);
    const other = account.system === "crm" ? "erp" : "crm";
    const at = account.at + (isThere ? random.pick([0, 3_000, 40_000]) : random.between(60_000, 180_000));
    const fields = contact(random, tag, account.tag);
    deeds.push(at, isThere ? account.system : other, { entity, tag, deed: { kind: "create", fields } });
  }
  for (let count = random.between(0, 8); count > 0; count -= 1) {
    const at = random.between(10_000, scene.endsAt);
    const fields = random.chance(0.15) ? { account: random.pick(accounts).tag } : contactEdit(random, at);
    deeds.push(at, random.pick(bothRoles), {
      entity,
      tag: random.pick(tags),
      deed: { kind: "edit", fields },
    });
  }
  return deeds.within(scene.endsAt);
}
