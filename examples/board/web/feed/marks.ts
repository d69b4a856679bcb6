/** The name under which it is kept how far each person has come in the feed. */
export const MARKS = "board";
