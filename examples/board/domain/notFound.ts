/** The card, column or member is not there. Routes answer 404. */
export class NotFound extends Error {
  override readonly name = "NotFound";

  constructor(what: string, id: string | number) {
    super(`There is no ${what} ${id}.`);
  }
}
