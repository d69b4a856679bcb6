import type { WebhookEventMap } from "@octokit/webhooks-types";
import type { Draft } from "../../../src/index.ts";

/** What one kind of payload says: some events, or null for an action that is not mapped. */
export type Mapping<Name extends keyof WebhookEventMap> = (
  payload: WebhookEventMap[Name],
) => Draft | readonly Draft[] | null;
