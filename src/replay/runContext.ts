import type { Act } from "../events/act.ts";
import { checkEntity, withLabel } from "../events/checkEntities.ts";
import type { Draft } from "../events/draft.ts";
import type { EntityRef } from "../events/entity.ts";
import { TidingsError } from "../errors.ts";
import type { ActionContext } from "./actionContext.ts";
import type { Captures } from "./captures.ts";
import { performOne, type DoneAct } from "./doneAct.ts";
import type { ActRequest } from "./prepareAction.ts";

/** What `record` and `perform` do in an action's run, the first time or again. */
export interface RunAct extends Act {
  /** Of the action's event. */
  readonly eventId: string;
  readonly account: string;
  perform(request: ActRequest, tx: Parameters<Act["perform"]>[1]): Promise<DoneAct>;
  skip(): void;
}

export interface RunContextParts {
  readonly act: RunAct;
  readonly values: Captures;
  readonly handle: unknown;
  readonly account: string;
  readonly actor: EntityRef;
  readonly subject: EntityRef;
  readonly now: Date;
}

/** What an action's `run` is given, and the subject that it may have corrected. */
export function runContext({ act, values, handle, account, actor, subject, now }: RunContextParts): {
  readonly ctx: ActionContext;
  readonly subject: () => EntityRef;
} {
  let about = subject;
  const checkOpen = () => {
    if (!act.isOpen) throw new TidingsError("ACTION_OVER");
  };
  const record = async (...drafts: readonly Draft[]) => {
    checkOpen();
    return act.record(drafts, undefined);
  };
  const perform = async (action: unknown, input: unknown, options = {}) => {
    checkOpen();
    return performOne(await act.perform({ action, inputs: [input], options, about: undefined }, undefined));
  };
  const ctx = {
    tx: handle,
    account,
    actor,
    get subject() {
      return about;
    },
    now: () => new Date(now),
    id: () => {
      checkOpen();
      return values.id();
    },
    random: () => {
      checkOpen();
      return values.random();
    },
    capture: async <Value>(name: string, make: () => Value) => {
      checkOpen();
      return values.capture(name, make);
    },
    about: (entity: EntityRef) => {
      checkOpen();
      checkEntity(entity, ["subject"]);
      about = withLabel(entity);
    },
    skip: <Result>(result?: Result) => {
      checkOpen();
      act.skip();
      return result;
    },
    record,
    perform,
  };
  return { ctx: ctx as unknown as ActionContext, subject: () => about };
}
