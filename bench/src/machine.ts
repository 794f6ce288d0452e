import { createHash } from "node:crypto";
import { cpus, totalmem } from "node:os";
import { arch, platform, version } from "node:process";

/** What a number depends on. Names no host, no user, no path. */
export interface MachineFacts {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly node: string;
  readonly platform: string;
}

/** The machine that this runs on. */
export function machineFacts(): MachineFacts {
  const found = cpus();
  return {
    cores: found.length,
    processor: found[0]?.model.trim() ?? "unknown",
    memoryGb: Math.round(totalmem() / 1_073_741_824),
    node: version,
    platform: `${platform} ${arch}`,
  };
}

/** Short name of a machine: equal for equal facts. */
export function factsHash(facts: MachineFacts): string {
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 8);
}
