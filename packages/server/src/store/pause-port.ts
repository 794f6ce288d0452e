/** What can be paused: an entity on all connections, or a connection with all its entities. */
export interface PauseOf {
  readonly kind: "entity" | "connection";
  readonly name: string;
}

/** A pause that stands, by whom and since when (an instant of the store's clock). */
export interface PauseRow extends PauseOf {
  readonly by: string;
  readonly since: string;
}

/** What people have paused. All workers obey, at their next sign of life at the latest. */
export interface PauseStore {
  listPauses(): Promise<readonly PauseRow[]>;
  /** False when it was paused already; whoever did so first stays. The journal tells it. */
  pause(what: PauseOf, by: string): Promise<boolean>;
  /** False when it was not paused. The journal tells it. */
  resume(what: PauseOf, by: string): Promise<boolean>;
}
