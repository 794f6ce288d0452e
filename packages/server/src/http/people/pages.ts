import { passwordLength } from "../../runtime/password.ts";
import type { PersonRow } from "../../store/port.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { styleElement } from "../page-parts.ts";

/** A page of people: forms without scripts. Everything from outside is escaped. */
function page(title: string, body: Html, head: Html = html``): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Crossfoot: ${title}</title>
        ${head} ${styleElement}
      </head>
      <body>
        <main>
          <header><h1>${title}</h1></header>
          ${body}
        </main>
      </body>
    </html> `.html;
}

const trouble = (text: string | null): Html =>
  text === null ? html`` : html`<p class="verdict bad" role="alert">${text}</p>`;

/** Where one signs in. `provider` is the host of a provider of identities, or null. */
export function signInPage(at: {
  readonly trouble: string | null;
  readonly provider: string | null;
}): string {
  const external =
    at.provider === null
      ? html``
      : html`<p>
          <a href="/sign-in/oidc">Sign in with <bdi>${at.provider}</bdi></a>
        </p>`;
  return page(
    "Sign in",
    html`${trouble(at.trouble)} ${external}
      <form method="post" action="/sign-in">
        <p>
          <label
            >Name<br /><input
              name="name"
              autocomplete="username"
              autocapitalize="none"
              required
              maxlength="100"
          /></label>
        </p>
        <p>
          <label
            >Password<br /><input
              name="password"
              type="password"
              autocomplete="current-password"
              required
              maxlength="1024"
          /></label>
        </p>
        <p><button>Sign in</button></p>
      </form>
      <footer>
        Forgotten? An administrator gives you a one-time link: <code>crossfoot people link</code>.
      </footer>`,
  );
}

/** Where a one-time link leads. `name` is null for the first administrator, who chooses one. */
export function joinPage(at: {
  readonly link: string;
  readonly name: string | null;
  readonly trouble: string | null;
}): string {
  const { link, name } = at;
  const title = name === null ? "The first administrator" : "Set your password";
  const who =
    name === null
      ? html`<p>
          <label
            >Name, such as an address of mail<br /><input
              name="name"
              autocomplete="username"
              autocapitalize="none"
              required
              maxlength="100"
          /></label>
        </p>`
      : html`<p>You sign in as <bdi>${name}</bdi>.</p>
          <input type="hidden" name="name" value="${name}" autocomplete="username" />`;
  return page(
    title,
    html`${trouble(at.trouble)}
      <form method="post" action="/join">
        <input type="hidden" name="link" value="${link}" />
        ${who}
        <p>
          <label
            >Password, ${String(passwordLength.min)} characters or more: a sentence is a good one<br /><input
              name="password"
              type="password"
              autocomplete="new-password"
              required
              maxlength="1024"
          /></label>
        </p>
        <p><button>Set it and sign in</button></p>
      </form>`,
  );
}

/** Who one is, and the way out. */
export function accountPage(at: {
  readonly person: PersonRow;
  readonly overAt: string;
  readonly csrfToken: string;
  readonly seesStatus: boolean;
}): string {
  const { person, overAt, csrfToken } = at;
  const out = (action: string, words: string): Html =>
    html`<form method="post" action="${action}">
      <input type="hidden" name="csrf" value="${csrfToken}" />
      <p><button>${words}</button></p>
    </form>`;
  const status = at.seesStatus
    ? html`<p><a href="/">Status</a> · <a href="/reviews">Duplicates to review</a></p>`
    : html``;
  return page(
    "Your account",
    html`<p>You are signed in as <bdi>${person.name}</bdi>, with the role ${person.role}.</p>
      <p class="soft">This session ends at <time datetime="${overAt}">${overAt}</time> at the latest.</p>
      ${status} ${out("/sign-out", "Sign out")} ${out("/sign-out-everywhere", "Sign out everywhere")}`,
  );
}

/** A page that says one thing. */
export const wordPage = (title: string, text: string): string =>
  page(
    title,
    html`${trouble(text)}
      <p><a href="/sign-in">Sign in</a> · <a href="/account">Your account</a></p>`,
  );

/**
 * A page that goes on by itself. After a provider's redirect a cookie that is SameSite=Strict is not sent
 * along with another redirect; it is with a request that this page makes.
 */
export const onwardPage = (to: string): string =>
  page(
    "Signed in",
    html`<p><a href="${to}">Go on</a></p>`,
    html`<meta http-equiv="refresh" content="0;url=${to}" />`,
  );
