import { hash, randomUUID } from "node:crypto";
import type { Entropy } from "../ports.ts";

/** SHA-256 and random UUIDs (version 4) of node:crypto. */
export const systemEntropy: Entropy = {
  digest: (text) => hash("sha256", text, "hex"),
  uuid: () => randomUUID(),
};
