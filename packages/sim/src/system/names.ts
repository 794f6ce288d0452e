/** What the workload calls things: records that people have merged are one thing from then on. */
export class Names {
  readonly #into = new Map<string, string>();
  #unions = 0;

  /** How often two things have become one. */
  get unions(): number {
    return this.#unions;
  }

  /** The one name of a thing, whichever of its names is given. */
  of(entity: string, tag: string): string {
    let name = tag;
    for (let next = this.#next(entity, name); next !== undefined; next = this.#next(entity, name))
      name = next;
    return name;
  }

  /** Two things are one. */
  unite(entity: string, tag: string, into: string): void {
    const [from, to] = [this.of(entity, tag), this.of(entity, into)];
    if (from === to) return;
    this.#into.set(`${entity}\n${from}`, to);
    this.#unions += 1;
  }

  #next(entity: string, name: string): string | undefined {
    return this.#into.get(`${entity}\n${name}`);
  }
}
