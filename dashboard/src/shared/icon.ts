/** Every icon stands beside a word or in a button that has a name, so none is read out. */
export const icon = { size: 16, strokeWidth: 1.75, "aria-hidden": true } as const;
