export interface FieldRow {
  /** `address.city`, `tags[0]`. */
  readonly path: string;
  readonly text: string;
  readonly kind: "text" | "number" | "other";
}

/** A person reads a screen of them; the JSON has the rest. */
const MOST = 100;

/** Nested values as one row each, named by where they are. What is empty is a row as well: it was recorded. */
export function fieldsOf(value: unknown): readonly FieldRow[] {
  return [...rowsOf(value, "")].slice(0, MOST);
}

function* rowsOf(value: unknown, path: string): Generator<FieldRow> {
  if (Array.isArray(value) && value.length > 0) {
    for (const [index, each] of value.entries()) yield* rowsOf(each, `${path}[${index}]`);
  } else if (isObject(value) && Object.keys(value).length > 0) {
    for (const [name, each] of Object.entries(value))
      yield* rowsOf(each, path === "" ? name : `${path}.${name}`);
  } else if (path !== "") {
    yield { path, text: textOf(value), kind: kindOf(value) };
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function kindOf(value: unknown): FieldRow["kind"] {
  return typeof value === "string" ? "text" : typeof value === "number" ? "number" : "other";
}
