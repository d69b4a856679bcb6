/** The lane of an event: a dot in its colour, and always the word. */
export function Lane({ lane }: { readonly lane: "domain" | "change" | "client" | "system" }) {
  return <span className={`lane lane-${lane}`}>{lane}</span>;
}
