/** True when any of the patterns means the type: `card.moved`, `card.*`, `*.created` or `*`. As the server decides it. */
export function matchesType(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => {
    if (pattern === "*") return true;
    if (pattern.endsWith(".*")) return type.startsWith(pattern.slice(0, -1));
    if (pattern.startsWith("*.")) return type.endsWith(pattern.slice(1));
    return pattern === type;
  });
}

export function categoryOf(type: string): string {
  return type.split(".", 1)[0]!;
}
