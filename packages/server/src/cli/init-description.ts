/**
 * Text of a description file to start from: the smallest that reads and writes one entity safely. The
 * language is explained in docs/connect/http.md.
 */
export function startingDescription(title: string): string {
  return `# How this system is called, where things stand in its answers, and how it says no.
# The language is explained in docs/connect/http.md of Crossfoot. Change what is wrong here;
# \`crossfoot check\` names each mistake with its line.
language: 1
title: ${title}
base: /api/v1

auth:                                   # bearer | basic | header | oauth2 | none
  kind: bearer
  token: "\${secret.token}"              # where the secret is kept stands in crossfoot.yaml

tenant: { path: /me, at: id }           # a call that says whose system this is: a swapped one is noticed

defaults:                               # holds for every entity below that does not say otherwise
  record:
    id: id
    version: version
    modifiedAt: { path: updatedAt }
  list:
    path: "/\${object}"
    query: { updatedSince: "\${since}", after: "\${cursor}", limit: "\${limit}" }
    since: { form: iso }
    rows: results
    paging: { kind: cursor, next: next }
    pageSizeMax: 100
  get:
    path: "/\${object}/\${id}"
    gone: [{ status: 404, kind: deleted }]
  # A field of theirs that keeps our reference: after a time-out it tells whether a create has landed.
  reference: { field: externalRef }
  precondition: { header: if-match, value: '"\${version}"' }
  create: { path: "/\${object}" }
  update: { method: PATCH, path: "/\${object}/\${id}" }
  probe: { path: "/\${object}", query: { externalRef: "\${reference}" }, rows: results }

entities:
  accounts: { object: accounts }        # canonical entity: the system's own name
`;
}

/** Text of a mapping to start from, for a system that a description file explains. */
export const startingMapping: string = `# yaml-language-server: $schema=../.schemas/mapping.schema.json
# Which of this system's fields is which canonical field. \`crossfoot map --sample record.json\` shows what
# it makes of a record. Keys are explained in docs/connect/mapping.md of Crossfoot.
valueMaps:
  accountStates: { lead: lead, prospect: prospect, customer: customer, inactive: inactive }
entities:
  accounts:
    fields:
      name: name
      number: number
      email: email
      phone: phone
      taxId: taxId
      currency: currency
      status: { path: status, values: accountStates }
      creditLimit: { amount: creditLimit, currency: currency, digits: 2 }
`;

/** Text of a mapping for a connector that brings its own. */
export const emptyMapping: string = `# yaml-language-server: $schema=../.schemas/mapping.schema.json
# The connector brings a mapping for this system. What stands here replaces it, field by field; a field with
# nothing after it (\`phone:\`) is taken away. Keys: docs/connect/mapping.md of Crossfoot.
entities:
  # accounts:
  #   fields:
  #     industry: { path: "custom.industry", values: { retail: R, wholesale: W } }
`;
