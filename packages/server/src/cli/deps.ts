import type { Connectors, Project } from "../config/project.ts";
import type { Environment } from "../config/environment.ts";
import type { Clock, Rewritten, Sleep } from "../ports.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Ask } from "./interview-questions.ts";

/** Where text goes. A terminal says so, and how wide it is. */
export interface Screen {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** How `up` serves webhooks and the status page. */
export interface ServeOptions {
  readonly project: Project;
  /** Called when a delivery left hints, so that they are followed at once. */
  readonly onHints: () => void;
  /** Null while the loop is well; else what is wrong with it, for /healthz. */
  readonly trouble: () => string | null;
}

/** A server that is up. */
export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** ERPs that the demo can stand on. */
export const demoErps = ["twin", "tryton", "odoo"] as const;

/** What the demo is asked for. */
export interface DemoOptions {
  readonly isOnce: boolean;
  readonly keeps: boolean;
  readonly isJson: boolean;
  readonly erp: (typeof demoErps)[number];
  readonly seed: number | null;
}

/** Everything the command line needs from the world; a test gives its own. */
export interface CliDeps {
  readonly connectors: Connectors;
  readonly environment: Environment;
  readonly openEngine: (
    project: Project,
    /** Whether it is soon closed again; false when missing. */
    how?: { readonly isBrief?: boolean },
  ) => Promise<Engine>;
  readonly serve: (engine: Engine, options: ServeOptions) => Promise<Served>;
  /** Sends a message that says nothing to a subscription: status of the answer, or why there was none. */
  readonly tryWebhook: (
    project: Project,
    name: string,
  ) => Promise<{ readonly status: number | null; readonly why: string | null; readonly ms: number }>;
  /** Writes the tables of a project's store anew, so that rows of before are in its files no more. */
  readonly rewriteStore: (project: Project) => Promise<Rewritten>;
  readonly demo: (options: DemoOptions) => Promise<number>;
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Calls `stop` when the program is asked to end; answers how to unsubscribe. */
  readonly onStop: (stop: () => void) => () => void;
  /** Asks at the terminal; null where there is none. */
  readonly ask: Ask | null;
  /**
   * A secret from the person or the pipe in front of the program: asked for without showing it at a terminal,
   * else all of stdin. Null when the person stops.
   */
  readonly secretInput: (asks: string) => Promise<string | null>;
  /** Who gives the commands, for the journal. */
  readonly user: string;
  readonly version: string;
}
