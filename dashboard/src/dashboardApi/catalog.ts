import { read } from "./request.ts";

/** An event type, as the app defines it. */
export interface CatalogType {
  readonly type: string;
  /** The first word of it. */
  readonly category: string;
  readonly lane: "domain" | "change" | "client" | "system";
  readonly severity: string;
  readonly version: number;
  readonly description: string | null;
  readonly subject: { readonly kinds: readonly string[] };
  readonly roles: readonly {
    readonly name: string;
    readonly kinds: readonly string[];
    readonly holds: "one" | "optional" | "many";
  }[];
  /** Older names that reads, filters and subscriptions accept. */
  readonly aliases: readonly string[];
  /** Of the stored data. Null where the schema library cannot tell. */
  readonly jsonSchema: JsonSchema | null;
  readonly example: object | null;
  /** What a person reads of the example. */
  readonly sentence: string | null;
  readonly olderVersions: readonly { readonly version: number; readonly jsonSchema: JsonSchema | null }[];
  /** What webhooks send as `data`, oldest first; empty where they never send it. */
  readonly webhook: readonly {
    readonly version: number;
    readonly jsonSchema: JsonSchema | null;
    readonly example: object | null;
  }[];
}

/** Any JSON Schema: what of it is understood is shown. */
export type JsonSchema = Readonly<Record<string, unknown>>;

let asked: Promise<readonly CatalogType[]> | undefined;

/** Asked once a visit: types come with the app's code. A failure is asked again. */
export function eventTypes(): Promise<readonly CatalogType[]> {
  asked ??= read<{ items: readonly CatalogType[] }>("catalog").then(
    ({ items }) => items,
    (error: unknown) => {
      asked = undefined;
      throw error;
    },
  );
  return asked;
}
