/**
 * A call that ended without a complete answer. `before_send`: no byte of the request can have left, so a
 * repeat is harmless. `after_send`: the other side may have acted on it.
 */
export class TransportError extends Error {
  override readonly name: string = "TransportError";
  readonly phase: "before_send" | "after_send";

  constructor(phase: "before_send" | "after_send", message: string) {
    super(message);
    this.phase = phase;
  }
}
