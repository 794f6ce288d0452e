/** The house rules, in the order they are told. */
import type { Rule } from "./rule.ts";
import { arrows } from "./rules/arrows.ts";
import { assertions } from "./rules/assertions.ts";
import { connectorsQuiet } from "./rules/connectors-quiet.ts";
import { cycles } from "./rules/cycles.ts";
import { decisions } from "./rules/decisions.ts";
import { docComments } from "./rules/doc-comments.ts";
import { docPaths } from "./rules/doc-paths.ts";
import { doors } from "./rules/doors.ts";
import { environment } from "./rules/environment.ts";
import { fileNames } from "./rules/file-names.ts";
import { folders } from "./rules/folders.ts";
import { honestTests } from "./rules/honest-tests.ts";
import { machinePaths } from "./rules/machine-paths.ts";
import { names } from "./rules/names.ts";
import { notes } from "./rules/notes.ts";
import { purity } from "./rules/purity.ts";
import { readable } from "./rules/readable.ts";
import { sizes } from "./rules/sizes.ts";
import { testedRules } from "./rules/tested-rules.ts";

export const allRules: readonly Rule[] = [
  readable,
  arrows,
  cycles,
  doors,
  folders,
  fileNames,
  names,
  environment,
  purity,
  connectorsQuiet,
  sizes,
  honestTests,
  assertions,
  testedRules,
  notes,
  machinePaths,
  docPaths,
  docComments,
  decisions,
];
