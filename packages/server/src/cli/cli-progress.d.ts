declare module "cli-progress" {
  /** Draws one bar as text. */
  export type Format<Payload> = (
    options: object,
    state: { readonly value: number; readonly total: number; readonly progress: number },
    payload: Payload,
  ) => string;

  export interface BarOptions<Payload> {
    readonly format: Format<Payload>;
    readonly stream: NodeJS.WritableStream;
    readonly hideCursor: boolean;
    readonly clearOnComplete: boolean;
    readonly fps: number;
    readonly emptyOnZero: boolean;
    readonly gracefulExit: boolean;
  }

  export interface Bar<Payload> {
    setTotal(total: number): void;
    update(value: number, payload: Payload): void;
  }

  export class MultiBar<Payload> {
    constructor(options: BarOptions<Payload>);
    create(total: number, start: number, payload: Payload): Bar<Payload>;
    log(text: string): void;
    stop(): void;
  }
}
