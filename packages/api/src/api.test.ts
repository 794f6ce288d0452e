import { describe, expect, it } from "vitest";
import { keyRoles } from "./access.ts";
import { clientCode } from "./client-code.ts";
import { openApi } from "./openapi.ts";
import { problemCodes, problemKinds } from "./problem.ts";
import { apiPage, rolesPage } from "./reference.ts";
import { problemsOf } from "./route.ts";
import { routes } from "./routes.ts";

const reference = (name: string): string => `../../../docs/reference/${name}`;

describe("generated reference (run vitest with -u to write it anew)", () => {
  it("the OpenAPI document, its page and the table of roles are those of the table of routes", async () => {
    await expect(`${JSON.stringify(openApi(), null, 2)}\n`).toMatchFileSnapshot(reference("openapi.json"));
    await expect(apiPage()).toMatchFileSnapshot(reference("api.md"));
    await expect(rolesPage()).toMatchFileSnapshot(reference("roles.md"));
  });

  it("what the client says of every operation is what the document says", async () => {
    const files = Object.entries(clientCode());
    for (const [name, text] of files)
      await expect(text).toMatchFileSnapshot(`../../client/src/operations/${name}`);
    const told = files.map(([, text]) => text).join("\n");
    for (const { id } of routes) expect(told.split(`\n  readonly ${id}: {`).length).toBe(2);
  });
});

describe("the table of routes", () => {
  it("has every operation and every address once", () => {
    expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length);
  });

  it("names exactly the parameters of its paths", () => {
    for (const { path, params } of routes) {
      const named = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);
      const unknown = params.safeParse({ ...Object.fromEntries(named.map((name) => [name, "x"])), zzz: 1 });
      const faults = unknown.success ? [] : unknown.error.issues;
      expect(faults.some(({ code }) => code === "unrecognized_keys")).toBe(true);
      const missing = params.safeParse({});
      const wanted = missing.success ? [] : missing.error.issues.map((issue) => String(issue.path[0]));
      expect(wanted).toEqual(named);
    }
  });

  it("every problem is answered somewhere, once per route, and the administrator may do everything", () => {
    const answered = new Set(routes.flatMap((route) => problemsOf(route)));
    const byAddress = ["route_unknown", "method_unknown"];
    expect(problemCodes.filter((code) => !answered.has(code)).toSorted()).toEqual(byAddress.toSorted());
    for (const route of routes) {
      expect(new Set(problemsOf(route)).size).toBe(problemsOf(route).length);
      expect(route.roles).toContain("administrator");
      expect(keyRoles.filter((role) => route.roles.includes(role)).length).toBe(route.roles.length);
    }
  });

  it("who only looks never gets to a route that changes something", () => {
    const changing = routes.filter(({ method, scope }) => method !== "get" && scope !== "moment:read");
    expect(changing.length).toBeGreaterThan(8);
    for (const { roles } of changing) expect(roles).not.toContain("viewer");
    for (const { id, roles } of changing)
      if (roles.includes("agent")) expect(["makePlan", "planUndo"]).toContain(id);
    // An answer that is kept for repeats would keep the secret of a link.
    const tellsSecret = ["invitePerson", "linkPerson"];
    for (const { id, method, isKeyed } of changing)
      expect([id, isKeyed]).toEqual([id, method === "post" && !tellsSecret.includes(id)]);
  });

  it("every problem has a title and the status of an error", () => {
    for (const { status, title } of Object.values(problemKinds)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(title).not.toBe("");
    }
  });
});
