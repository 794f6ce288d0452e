import { expect, it } from "vitest";
import { fakeEngine } from "../../cli/testing.ts";
import { secretHashOf } from "../../runtime/person-secrets.ts";
import { apiWorld } from "../testing/api-world.ts";

const json = async <T>(response: Response): Promise<T> => (await response.json()) as T;

it("an administrator invites, changes and signs out people; the link is kept nowhere", async () => {
  const { ask, access, logged, sessions } = await apiWorld(fakeEngine());
  const body = { name: "Eve@Acme.example", role: "viewer" };
  const invited = await ask("POST", "/people", { body });
  const { name, link } = await json<{ name: string; link: string }>(invited);
  expect([invited.status, name]).toEqual([201, "eve@acme.example"]);
  const secret = link.split("=")[1] ?? "";
  expect(await access.findLink(secretHashOf(secret))).toMatchObject({ person: { name } });
  expect((await ask("POST", "/people", { body })).status).toBe(409);
  const linked = await json<{ link: string }>(await ask("POST", `/people/${name}/link`));
  expect(await access.findLink(secretHashOf(secret))).toBeNull();
  expect(linked.link).not.toBe(link);
  await ask("PUT", `/people/${name}`, { body: { role: "operator", isDisabled: true } });
  expect(await access.findPerson(name)).toMatchObject({
    role: "operator",
    disabledAt: expect.any(String) as string,
  });
  const viewer = { token: null, headers: sessions.viewer };
  expect((await ask("GET", "/me", viewer)).status).toBe(200);
  expect(await json(await ask("DELETE", "/people/a.viewer/sessions"))).toEqual({ ended: 1 });
  expect((await ask("GET", "/me", viewer)).status).toBe(401);
  const people = await (await ask("GET", "/people")).text();
  expect(people).toContain('"state":"disabled"');
  expect(people).not.toMatch(/hash|subject/i);
  expect(JSON.stringify([await access.listAudit(0, 100), logged])).not.toContain(secret);
});

it("nobody changes their own role or state, nor anybody who is not there", async () => {
  const { ask, sessions } = await apiWorld(fakeEngine());
  const own = { token: null, headers: sessions.administrator };
  const refused = await ask("PUT", "/people/a.administrator", { ...own, body: { isDisabled: true } });
  expect([refused.status, (await json<{ code: string }>(refused)).code]).toEqual([409, "person_own"]);
  expect((await ask("PUT", "/people/a.viewer", { ...own, body: { role: "sales" } })).status).toBe(200);
  for (const [method, path] of [
    ["PUT", "/people/nobody"],
    ["POST", "/people/nobody/link"],
    ["DELETE", "/people/%3Cb%3E/sessions"],
  ] as const) {
    const body = method === "PUT" ? { body: { role: "sales" } } : {};
    expect([path, (await ask(method, path, body)).status]).toEqual([path, 404]);
  }
});

it("a session tells who it is and what its requests carry; a key has no such token", async () => {
  const { ask, sessions } = await apiWorld(fakeEngine());
  const me = await json<object>(await ask("GET", "/me", { token: null, headers: sessions.sales }));
  const csrfToken = sessions.sales["x-csrf-token"];
  expect(me).toMatchObject({ kind: "person", key: null, name: "a.sales", role: "sales", csrfToken });
  expect(await json(await ask("GET", "/me"))).toMatchObject({ kind: "key", csrfToken: null });
});
