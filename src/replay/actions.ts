import type { Database, Transaction } from "../db/database.ts";
import type { ContextStore } from "../events/context.ts";
import type { Draft } from "../events/draft.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { MakeAppendExpression } from "../log/append.ts";
import type { SubscriptionOptions } from "../log/subscription.ts";
import { checkActionLocks } from "./actLocks.ts";
import { actionKeys, type ActionsOptions } from "./actionOptions.ts";
import { afterActions } from "./afterActions.ts";
import { createApplyRoute, type ApplyRoute } from "./applyRoute.ts";
import { createPerform } from "./perform.ts";
import type { Actions } from "./performOptions.ts";
import { createReplayAction, type ReplayAction } from "./replayAction.ts";

export interface ActionsDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly contexts: ContextStore;
  /** The fixed account of a single-tenant app. */
  readonly account: string | undefined;
  /** Records drafts in a transaction, with the context of the call. */
  readonly record: (drafts: readonly Draft[], tx: Transaction) => Promise<RecordedEvent[]>;
  readonly appendExpression: MakeAppendExpression;
  readonly keepKeysSeconds: number;
  /** Called after a transaction that perform itself opened has committed. */
  readonly onCommitted: () => void;
}

export function createActions<Handle>(
  options: ActionsOptions,
  dependencies: ActionsDependencies,
): {
  readonly calls: Actions<Handle>;
  /** What calls `after`, as a subscription; null where no action has one. */
  readonly after: SubscriptionOptions<Handle> | null;
  readonly replayAction: ReplayAction;
  readonly applyRoute: ApplyRoute;
} {
  const keys = actionKeys(options.secretKey);
  const all = { ...dependencies, ...keys, locks: checkActionLocks(options.actionLocks ?? {}) };
  const { performIn, ...calls } = createPerform<Handle>(all);
  return {
    calls,
    after: afterActions({ ...all, performIn }) as SubscriptionOptions<Handle> | null,
    replayAction: createReplayAction(all),
    applyRoute: createApplyRoute(all),
  };
}
