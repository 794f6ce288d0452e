/** A cluster that nobody knows. */
export class ClusterUnknown extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ClusterUnknown";
  }
}

/** A consolidation that cannot be planned. The message says why, and what to do. */
export class ConsolidationRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ConsolidationRefused";
  }
}
