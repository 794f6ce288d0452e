import type { JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import type { Action } from "./action.ts";
import { contactEdit } from "./deeds/contacts.ts";
import { documentEdit } from "./deeds/documents.ts";
import { productEdit } from "./deeds/products.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

const names = ["Acme", "Blue Fox", "Carrot", "Delta Works", "Étoile", "Färber"] as const;
const people = { crm: ["ann", "ben"], erp: ["eva", "finn"] } as const;

/** A fresh account in plain form. */
function account(random: Random, tag: string): JsonMap {
  return {
    name: `${random.pick(names)} ${tag}`,
    email: `${tag}@${tag}.example`,
    phone: `+33 1 ${random.between(1000, 9999)}`,
    website: tag,
    taxId: `TX-${tag}`,
    currency: "EUR",
    status: random.chance(0.8) ? "customer" : "prospect",
    billingAddress: {
      street: `${random.between(1, 99)} Main St`,
      city: "Lyon",
      postalCode: String(random.between(10_000, 99_999)),
      country: "FR",
    },
  };
}

/** What a person may change of a record. */
export function editOf(
  random: Random,
  { entity, at }: { readonly entity: EntityName; readonly at: number },
): JsonMap {
  if (entity === "contacts") return contactEdit(random, at);
  if (entity === "products") return productEdit(random, at);
  if (entity !== "accounts") return documentEdit(random, entity);
  return random.pick<JsonMap>([
    { name: `${random.pick(names)} v${at}` },
    { email: `mail${at}@x.example` },
    { phone: `+33 2 ${at}` },
    { status: random.pick(["customer", "prospect", "inactive"]) },
    {
      billingAddress: {
        street: `${at} Rue Neuve`,
        city: "Paris",
        postalCode: String(random.between(10_000, 99_999)),
        country: "FR",
      },
    },
  ]);
}

/** What people do in both systems while the run goes on, in the order of time. */
export function drawWorkload(random: Random, scene: Scene): readonly Action[] {
  const actions: Action[] = [];
  const tags = Array.from({ length: random.between(1, 6) }, (_, at) => `a${at + 1}`);
  const push = (at: number, system: "crm" | "erp", tag: string, deed: Action["deed"]): void => {
    const who = random.pick(people[system]);
    actions.push({ id: `d${actions.length + 1}`, at, system, who, entity: "accounts", tag, deed });
  };
  for (const tag of tags) {
    const at = random.chance(0.5) ? 0 : random.between(0, scene.endsAt / 2);
    const fields = account(random, tag);
    const system = random.pick(["crm", "erp"] as const);
    push(at, system, tag, { kind: "create", fields });
    if (at === 0 && random.chance(0.3)) {
      push(0, system === "crm" ? "erp" : "crm", tag, { kind: "create", fields });
    }
  }
  const edits = random.between(0, 20);
  for (let count = 0; count < edits; count += 1) {
    const at = random.between(10_000, scene.endsAt);
    push(at, random.pick(["crm", "erp"] as const), random.pick(tags), {
      kind: "edit",
      fields: editOf(random, { entity: "accounts", at }),
    });
  }
  return actions.toSorted((a, b) => a.at - b.at);
}
