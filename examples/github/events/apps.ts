import { z } from "zod";
import { defineEvent, many, oneOf, optional, sentence } from "../../../src/index.ts";
import {
  installation,
  marketplacePlan,
  organization,
  people,
  repository,
  user,
  webhook,
} from "../entities.ts";
import { page, toPage } from "./page.ts";

const person = oneOf(...people);
const refs = { on: person, repositories: many(repository), requester: optional(...people) };

export const installationCreated = installationEvent("created", "installed", "on", "blocks");
export const installationDeleted = installationEvent("deleted", "uninstalled", "from", "trash-2");
export const installationSuspended = installationEvent("suspended", "suspended", "on", "pause");
export const installationUnsuspended = installationEvent("unsuspended", "resumed", "on", "play");
export const installationPermissionsAccepted = installationEvent(
  "permissions_accepted",
  "accepted new permissions of",
  "on",
  "shield-check",
);

function installationEvent<const Verb extends string>(verb: Verb, words: string, on: string, icon: string) {
  return defineEvent(`installation.${verb}`, {
    subject: installation,
    refs,
    data: page,
    url: toPage,
    severity: verb === "suspended" ? "warning" : "info",
    sentence: (e) => sentence`${e.actor} ${words} ${e.subject} ${on} ${e.refs.on}`,
    icon,
  });
}

export const installationRepositoriesAdded = defineEvent("installation.repositories_added", {
  subject: installation,
  refs,
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} gave ${e.subject} access to ${e.refs.repositories}`,
  icon: "book-plus",
});

export const installationRepositoriesRemoved = defineEvent("installation.repositories_removed", {
  subject: installation,
  refs,
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} took access to ${e.refs.repositories} from ${e.subject}`,
  icon: "book-minus",
});

export const planPurchased = planEvent("purchased", "bought", "shopping-cart");
export const planCancelled = planEvent("cancelled", "cancelled", "circle-x");

function planEvent<const Verb extends string>(verb: Verb, words: string, icon: string) {
  return defineEvent(`marketplace_plan.${verb}`, {
    subject: marketplacePlan,
    refs: { customer: person },
    data: z.object({ units: z.int(), cycle: z.string() }),
    sentence: (e) => sentence`${e.actor} ${words} ${e.subject} for ${e.refs.customer}`,
    icon,
  });
}

export const planChanged = defineEvent("marketplace_plan.changed", {
  subject: marketplacePlan,
  refs: { customer: person, previous: optional(marketplacePlan) },
  data: z.object({ units: z.int(), previousUnits: z.int().nullable(), cycle: z.string() }),
  sentence: (e) =>
    e.refs.previous && e.refs.previous.id !== e.subject.id
      ? sentence`${e.actor} changed the plan of ${e.refs.customer} from ${e.refs.previous} to ${e.subject}`
      : sentence`${e.actor} changed ${e.subject} of ${e.refs.customer} from ${e.data.previousUnits} to ${e.data.units} units`,
  icon: "shopping-cart",
});

export const webhookDeleted = defineEvent("webhook.deleted", {
  subject: webhook,
  refs: { repository: optional(repository), organization: optional(organization) },
  severity: "warning",
  sentence: (e) => sentence`${e.actor} deleted ${e.subject} of ${e.refs.repository ?? e.refs.organization}`,
  icon: "unplug",
  description: "From now on GitHub tells nothing more.",
});

export const webhookPinged = defineEvent("webhook.pinged", {
  subject: webhook,
  refs: { repository: optional(repository), organization: optional(organization) },
  data: z.object({ zen: z.string() }),
  lane: "system",
  sentence: (e) =>
    sentence`${e.actor} added ${e.subject} to ${e.refs.repository ?? e.refs.organization}: “${e.data.zen}”`,
  icon: "webhook",
});

/**
 * What no mapping knows. GitHub adds events and actions without notice: one that is kept by its name can be found and
 * mapped later, one that is dropped is gone. None of the 329 examples comes here.
 */
export const deliveryReceived = defineEvent("delivery.received", {
  subject: oneOf(repository, organization, installation, user),
  data: z.object({ event: z.string(), action: z.string().nullable() }),
  lane: "system",
  sentence: (e) =>
    sentence`${e.actor} sent ${e.data.event}${e.data.action && ` (${e.data.action})`} about ${e.subject}`,
  icon: "mail-question-mark",
});
