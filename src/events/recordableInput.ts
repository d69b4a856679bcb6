import type { StandardSchemaV1 } from "@standard-schema/spec";

/**
 * What a draft gives for a schema. A property that becomes what JSON cannot hold takes no value: the compiler shows the text in its
 * place. (Asked of drafts and not of definitions, so that functions which make definitions for any schema still compile.)
 */
export type RecordableInput<Schema extends StandardSchemaV1> = [
  Unrecordable<StandardSchemaV1.InferOutput<Schema>>,
] extends [never]
  ? StandardSchemaV1.InferInput<Schema>
  : Refusing<StandardSchemaV1.InferInput<Schema>, Unrecordable<StandardSchemaV1.InferOutput<Schema>>>;

type Refusing<Input, Names extends PropertyKey> = Omit<Input, Names> & {
  readonly [Name in Names]: "cannot be stored as JSON: write dates as ISO text, big integers as text";
};

/** The names of the properties that hold what is no JSON. */
type Unrecordable<Data> = Data extends readonly unknown[]
  ? never
  : Data extends object
    ? { [Name in keyof Data]-?: [Data[Name]] extends [AsJson<Data[Name]>] ? never : Name }[keyof Data]
    : never;

/**
 * A type without what JSON cannot hold. Objects are looked at by their properties, whatever made the type: an interface, a brand, a
 * class (whose methods are functions; so are those of Date and Map).
 */
type AsJson<Value> = unknown extends Value
  ? Value
  : Value extends string | number | boolean | null | undefined | void
    ? Value
    : Value extends readonly unknown[]
      ? readonly AsJson<Value[number]>[] // not a mapped list: of a type that holds itself the compiler would see no end
      : Value extends Callable
        ? never
        : Value extends object
          ? { [Name in keyof Value]: Name extends symbol ? Value[Name] : AsJson<Value[Name]> }
          : never;

type Callable = ((...given: never) => unknown) | (abstract new (...given: never) => unknown);
