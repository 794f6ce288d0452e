/** What a key of the HTTP API, or a person, may do; see the table of routes. */
export type KeyRole = "viewer" | "sales" | "operator" | "approver" | "administrator" | "agent";

/** A person as somebody invites them, or as a provider of identities knows them. */
export interface PersonDraft {
  readonly id: string;
  /** What they sign in with, in lower case; nobody else has it. */
  readonly name: string;
  readonly role: KeyRole;
  /** Who made them. */
  readonly by: string;
}

/** A person as the store has them; instants are ISO text by the store's clock. */
export interface PersonRow extends PersonDraft {
  /** Hash of their password with what it was made by; null before they have one. Never leaves the server. */
  readonly passwordHash: string | null;
  /** `issuer subject` of those who come by OpenID Connect; null of others. */
  readonly subject: string | null;
  readonly createdAt: string;
  readonly signedInAt: string | null;
  readonly disabledAt: string | null;
}

/** What is changed of a person; what is missing stays. */
export interface PersonChange {
  readonly role?: KeyRole;
  readonly isDisabled?: boolean;
}

/** A one-time link as it is made. Of its token only the hash is kept. */
export interface LinkDraft {
  /** SHA-256 of the token, in hex. */
  readonly hash: string;
  /** Whose password it sets; null for whoever becomes the first administrator. */
  readonly person: string | null;
  readonly by: string;
  readonly expiresInMs: number;
}

/** How a one-time link is used. */
interface LinkUse {
  readonly hash: string;
  readonly passwordHash: string;
  /** The first administrator, for a link that is nobody's. */
  readonly first: PersonDraft | null;
}

/** A session as it begins. Of what the browser holds only the hash is kept. */
export interface SessionDraft {
  readonly hash: string;
  readonly person: string;
  /** It ends when it is not used for so long, ms. */
  readonly idleMs: number;
  /** It ends after so long whatever happens, ms. */
  readonly lifeMs: number;
}

/** A session that is good now. */
export interface SessionRow {
  readonly person: PersonRow;
  /** When it ends whatever happens. */
  readonly overAt: string;
}

/** Tries of a sign-in that are counted together, by name or by address. */
interface TryCount {
  /** Such as `name:...` or `address:...`. */
  readonly what: string;
  /** Tries before each further one has to wait. */
  readonly free: number;
}

/** How long further tries wait. */
export interface TryRule {
  /** The first time, ms; it doubles with each try. */
  readonly lockMsMin: number;
  readonly lockMsMax: number;
  /** Tries are forgotten when there was none for so long, ms. */
  readonly forgetMs: number;
}

/** What becomes of a try. */
interface TryAnswer {
  /** 0 when it may be made; else how long to wait, ms, and nothing was counted. */
  readonly lockedMs: number;
  /** How long the next one waits when this one fails, ms. */
  readonly nextMs: number;
}

/** People, their one-time links, their sessions, and tries to sign in. */
export interface PersonStore {
  /** False when the name or the id is taken. The journal tells it. */
  savePerson(draft: PersonDraft): Promise<boolean>;
  /**
   * The person of that subject, made when there is none; the role is what the draft says. Null when another
   * person has the name. The journal tells what changed.
   */
  enterPerson(draft: PersonDraft & { readonly subject: string }): Promise<PersonRow | null>;
  findPerson(name: string): Promise<PersonRow | null>;
  /** All people, by name. */
  listPeople(): Promise<readonly PersonRow[]>;
  /** False when there is none. Whoever is disabled loses sessions and links. The journal tells it. */
  changePerson(id: string, change: PersonChange, by: string): Promise<boolean>;
  /** Keeps a link; an earlier one of the same person ends. The journal tells it. */
  saveLink(draft: LinkDraft): Promise<void>;
  /** Whose a link is, nobody's for the first administrator; null when the link is not good. */
  findLink(hash: string): Promise<{ readonly person: PersonRow | null } | null>;
  /**
   * Uses a link, once: sets the password, and ends the person's sessions. Null when it is not good, when the
   * person is disabled, or when there is somebody already for whom it would be first. The journal tells it.
   */
  useLink(use: LinkUse): Promise<PersonRow | null>;
  /** False when the person is disabled or unknown. */
  startSession(draft: SessionDraft): Promise<boolean>;
  /** A session that is good now, of a person who is not disabled. */
  findSession(hash: string): Promise<SessionRow | null>;
  /** It ends so long from now, unless that was noted less than so many ms ago. */
  noteSessionUse(hash: string, span: { readonly idleMs: number; readonly everyMs: number }): Promise<void>;
  endSession(hash: string): Promise<boolean>;
  /** Ends all sessions of a person; answers how many. */
  endSessions(person: string): Promise<number>;
  /** Counts a try before it is made, in one commit, so that tries at once do not pass together. */
  trySignIn(counts: readonly TryCount[], rule: TryRule): Promise<TryAnswer>;
  /** A try that was right: the one count begins anew, the other is as it was before the try. */
  settleTry(settled: { readonly clear: string; readonly release: string | null }): Promise<void>;
  /** Forgets sessions, links and tries whose time is over; answers how many. */
  forgetPeople(forgetMs: number): Promise<number>;
}
