import { Option } from "commander";
import type { Add } from "./add.ts";
import { matchCommand } from "./answers.ts";
import { matchFilesCommand } from "./match-files.ts";
import type { MatchFlags } from "./match-files.ts";
import { matchRecordsCommand } from "./match-records.ts";
import { badInput } from "./refusal.ts";

const entities = ["accounts", "contacts", "products", "warehouses", "users"];

/** Adds `match`: a person's answer about one record, or which records of CSV files are the same. */
export function addMatching(add: Add): void {
  add(
    "match",
    "are two records the same: answer one of `conflicts`, or ask it of both systems or of CSV files",
    (command, act) => {
      command
        .argument("[entity]", "of the record that is answered")
        .argument("[record]", "<connection>:<native id> of the record that is listed")
        .option(
          "--with <record>",
          "it is the same as this one: <connection>:<native id>, or the id of a link",
        )
        .option("--apart", "it is a record of its own")
        .option("--undecide", "take back what was decided about it: it is asked about again")
        .option("--a <file>", "CSV with a header: which of its records are the same (needs no project)")
        .option("--b <file>", "as those of this one; without it duplicates within the first")
        .addOption(new Option("--entity <entity>", "what the records are").choices(entities))
        .option("--map <file>", "YAML that names the columns; without it they are recognised")
        .option("--decisions <file>", "CSV of pairs that a person decided: they hold, and they teach")
        .option("--out <file>", "CSV of pairs that is written")
        .option("--memory <megabytes>", "what matching files may take; 2048 unless told")
        .option("--stored", "without files: compare what is stored, and ask no system");
      act((context, [entity, record]) => {
        const flags = command.opts<
          MatchFlags & { readonly with?: string; readonly apart?: boolean; readonly undecide?: boolean }
        >();
        const hasRecord = typeof entity === "string" && typeof record === "string";
        const hasFiles = flags.a !== undefined || flags.b !== undefined;
        const isAnswer = flags.with !== undefined || flags.apart === true || flags.undecide === true;
        if (hasFiles && (entity !== undefined || isAnswer))
          throw badInput("either a record is answered, or files are matched with --a; not both");
        if (hasFiles) return matchFilesCommand(context, flags);
        if (!hasRecord && entity === undefined && !isAnswer) return matchRecordsCommand(context, flags);
        if (!hasRecord) throw badInput("name the entity and the record that is answered");
        return matchCommand(context, { entity, record }, flags);
      });
    },
  );
}
