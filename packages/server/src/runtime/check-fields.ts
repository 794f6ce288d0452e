import type {
  Description,
  EntityMapping,
  FieldMapping,
  NativeField,
  ValueForm,
} from "@crossfoot/connector-sdk";
import type { FieldKind } from "@crossfoot/kernel";
import { nearestName } from "@crossfoot/model";
import { pathRoots } from "./check-roots.ts";
import type { CheckFinding } from "./engine.ts";
import type { Side, World } from "./world.ts";

/** Options that a message names. */
const namedMax = 20;

/**
 * Holds a mapping against the fields that a system says it has: those that are missing (removed there, or
 * renamed), that became another type, that it only shows, and options that one of both does not know.
 */
export function checkFields(world: World, side: Side, description: Description): readonly CheckFinding[] {
  return Object.entries(side.mapping.entities).flatMap(([entity, mapping]) => {
    const known = description.fields[entity];
    if (known === undefined || known.length === 0) return [];
    const fields = new Map(known.map((field) => [field.root, field]));
    const policy = world.policies.find((each) => each.entity === entity);
    const isCarriedTo = (field: string): boolean => policy?.fields[field]?.targets.includes(side.id) === true;
    return [
      ...missingRoots(side, mapping, fields),
      ...Object.values(mapping.fields).flatMap((field) =>
        singles(field).flatMap((single) =>
          checkSingle({ side, entity, single, fields, isCarried: isCarriedTo(field.field) }),
        ),
      ),
      ...missingRequired(side, mapping, known),
    ];
  });
}

function missingRoots(
  side: Side,
  mapping: EntityMapping,
  fields: ReadonlyMap<string, NativeField>,
): readonly CheckFinding[] {
  return pathRoots(mapping).flatMap(([field, roots]) =>
    roots
      .filter((root) => !fields.has(root))
      .map((root): CheckFinding => {
        const nearest = nearestName(root, [...fields.keys()]);
        const hint = nearest === undefined ? "" : ` (did you mean \`${nearest}\`?)`;
        const message = `is mapped to \`${root}\`, which ${side.id} does not have${hint}`;
        return { severity: "error", about: `${side.id} ${mapping.entity}.${field}`, message };
      }),
  );
}

function missingRequired(
  side: Side,
  mapping: EntityMapping,
  known: readonly NativeField[],
): readonly CheckFinding[] {
  return known.flatMap(({ root, isRequired }): readonly CheckFinding[] => {
    const isSet =
      Object.values(mapping.fields).some(({ roots }) => roots.includes(root)) || root in mapping.constants;
    if (!isRequired || isSet) return [];
    const message = `${side.id} requires \`${root}\` on a create, and the mapping does not set it`;
    return [{ severity: "warning", about: `${side.id} ${mapping.entity}`, message }];
  });
}

/** A value that stands in one field of the system by itself. */
interface Single {
  readonly name: string;
  readonly root: string;
  readonly kind: FieldKind["kind"];
  readonly form: ValueForm;
  readonly isWritten: boolean;
}

/** The single values that a field is made of; rows of lists, and what lies deeper in a root, are no such. */
function singles(mapping: FieldMapping): readonly Single[] {
  const { source, field, kind, isWritten } = mapping;
  switch (source.from) {
    case "path": {
      const { path, form } = source;
      if (path.steps.length > 1 || path.root.startsWith("=")) return [];
      return [{ name: field, root: path.root, kind: kind.kind, form, isWritten }];
    }
    case "money":
      return [source.amount, source.currency].flatMap(singles).map((each) => ({ ...each, name: field }));
    case "quantity":
      return [source.value, source.unit].flatMap(singles).map((each) => ({ ...each, name: field }));
    case "parts":
      return Object.values(source.parts).flatMap(singles);
    default:
      return [];
  }
}

/** Native types that cannot hold, or be, a value of a kind. Types that nobody knows are let pass. */
const unlike: { readonly [kind: string]: readonly string[] } = {
  text: ["boolean", "many2one", "one2many", "many2many", "binary"],
  code: ["boolean", "one2many", "many2many", "binary"],
  decimal: ["boolean", "date", "datetime", "many2one", "one2many", "many2many", "binary", "selection"],
  boolean: [
    "char",
    "text",
    "html",
    "integer",
    "float",
    "monetary",
    "numeric",
    "date",
    "datetime",
    "many2one",
  ],
  date: ["boolean", "integer", "float", "monetary", "numeric", "many2one", "one2many", "many2many"],
  instant: ["boolean", "date", "float", "monetary", "numeric", "many2one", "one2many", "many2many"],
  reference: ["boolean", "date", "datetime", "float", "monetary", "numeric", "selection", "one2many"],
};

function checkSingle(at: {
  readonly side: Side;
  readonly entity: string;
  readonly single: Single;
  readonly fields: ReadonlyMap<string, NativeField>;
  readonly isCarried: boolean;
}): readonly CheckFinding[] {
  const { side, entity, single, fields, isCarried } = at;
  const native = fields.get(single.root);
  // What a connector forms itself it also answers for.
  if (native?.label === undefined) return [];
  const about = `${side.id} ${entity}.${single.name}`;
  const findings: CheckFinding[] = [];
  const note = (severity: CheckFinding["severity"], message: string): void =>
    void findings.push({ severity, about, message });
  if (single.form.values === null && unlike[single.kind]?.includes(native.type) === true)
    note("error", `is a ${single.kind}, and \`${native.root}\` is a ${native.type} in ${side.id} now`);
  if (single.isWritten && isCarried && native.isReadOnly)
    note("error", `is written to \`${native.root}\`, which ${side.id} only shows; say \`write: false\``);
  const { options } = native;
  if (single.form.values === null || options === undefined) return findings;
  const codes = options.map(({ code }) => code);
  const mapped = Object.keys(single.form.values.toCanonical).filter((code) => code !== "*");
  const nulls = single.form.nulls.map(String);
  const strange = mapped.filter((code) => !codes.includes(code));
  const open = codes.filter((code) => !mapped.includes(code) && !nulls.includes(code));
  if (strange.length > 0)
    note("error", `names ${listed(strange)}; \`${native.root}\` of ${side.id} takes ${listed(codes)} only`);
  if (open.length > 0 && !single.form.values.keepsOthers)
    note(
      "warning",
      `has no code for ${listed(open)} of \`${native.root}\` in ${side.id}: such records are set aside`,
    );
  return findings;
}

const listed = (codes: readonly string[]): string =>
  codes.slice(0, namedMax).join(", ") + (codes.length > namedMax ? " ..." : "");
