import type { ActionDefinition, ActionShape } from "../../../src/index.ts";
import type { Tx } from "../database/database.ts";
import type { Change } from "../domain/change.ts";
import { user } from "../entities.ts";
import { personOf } from "../person.ts";
import { tidings } from "../tidings.ts";

/** Performs an action in one transaction, in the name of whoever sent the request. */
export async function change<Shape extends ActionShape & { readonly result: Change }>(
  request: Request,
  action: ActionDefinition<Shape, Tx>,
  input: Shape["input"],
): Promise<Shape["result"]> {
  const { id, name } = await personOf(request);
  const { result } = await tidings.perform(action, input, { actor: user(id, name) });
  return result;
}
