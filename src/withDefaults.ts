/** Options of which each has a value. */
export type Settled<Options> = { readonly [Name in keyof Options]-?: NonNullable<Options[Name]> };

/** The given options, and the defaults for the others. Undefined counts as not given. */
export function withDefaults<Options extends object>(
  defaults: Settled<Options>,
  given: Options | undefined,
): Settled<Options> {
  const named = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(named) as Partial<Settled<Options>>) };
}
