import type { Option, OptionKind } from "./option.ts";
import { keyRoles } from "./key-roles.ts";

type Declare = (
  path: string,
  kind: OptionKind,
  more: Partial<Pick<Option, "fallback" | "isRequired">> & { readonly help: string },
) => Option;

/** Whom events are told to, over signed webhooks. */
export function subscriptionOptions(option: Declare): readonly Option[] {
  const of = (key: string): string => `subscriptions.*.${key}`;
  return [
    option(
      of("url"),
      { is: "address" },
      {
        isRequired: true,
        help: "Where events are sent to: https, unless it is this machine or `plainHttp` says so.",
      },
    ),
    option(
      of("secret"),
      { is: "secret" },
      {
        isRequired: true,
        help: "Where the secret is kept that messages are signed with: `whsec_`, 24 to 64 bytes in base64.",
      },
    ),
    option(
      of("nextSecret"),
      { is: "secret" },
      {
        help: "A second secret, while the receiver changes over: messages are signed with both.",
      },
    ),
    option(
      of("role"),
      { is: "choice", of: keyRoles },
      {
        fallback: "viewer",
        help: "What the role does not see (`visibility`) is not told.",
      },
    ),
    option(
      of("kinds"),
      { is: "text" },
      {
        help: "Kinds of events, with commas between; all when missing.",
      },
    ),
    option(
      of("entities"),
      { is: "text" },
      {
        help: "Entities whose events are told, with commas between; all when missing.",
      },
    ),
    ...howOptions(option, of),
  ];
}

/** How they are told. */
function howOptions(option: Declare, of: (key: string) => string): readonly Option[] {
  return [
    option(
      of("attempts"),
      { is: "count", min: 1, max: 20 },
      {
        fallback: 12,
        help: "So many times an event is tried, over some two days, before it is parked for a person.",
      },
    ),
    option(
      of("timeoutSeconds"),
      { is: "count", min: 1, max: 60 },
      {
        fallback: 15,
        help: "A receiver that has not answered by then is tried again.",
      },
    ),
    option(
      of("privateAddresses"),
      { is: "switch" },
      {
        fallback: "off",
        help: "Whether the address may be inside of a company's network (10.0.0.0/8, fc00::/7 and others).",
      },
    ),
    option(
      of("plainHttp"),
      { is: "switch" },
      {
        fallback: "off",
        help: "Whether it may be http, which anybody on the way can read.",
      },
    ),
  ];
}
