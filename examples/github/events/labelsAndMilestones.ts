import { defineEvent, sentence } from "../../../src/index.ts";
import { label, milestone, repository } from "../entities.ts";
import { page, toPage } from "./page.ts";

export const labelCreated = labelEvent("created", "created the label", "tag");
export const labelEdited = labelEvent("edited", "edited the label", "pencil");
export const labelDeleted = labelEvent("deleted", "deleted the label", "trash-2");

function labelEvent<const Verb extends string>(verb: Verb, words: string, icon: string) {
  return defineEvent(`label.${verb}`, {
    subject: label,
    refs: { repository },
    sentence: (e) => sentence`${e.actor} ${words} ${e.subject} in ${e.refs.repository}`,
    icon,
  });
}

export const milestoneCreated = milestoneEvent("created", "created", "milestone");
export const milestoneOpened = milestoneEvent("opened", "reopened", "rotate-ccw");
export const milestoneEdited = milestoneEvent("edited", "edited", "pencil");
export const milestoneClosed = milestoneEvent("closed", "closed", "circle-check");
export const milestoneDeleted = milestoneEvent("deleted", "deleted", "trash-2");

function milestoneEvent<const Verb extends string>(verb: Verb, words: string, icon: string) {
  return defineEvent(`milestone.${verb}`, {
    subject: milestone,
    refs: { repository },
    data: page,
    url: toPage,
    sentence: (e) => sentence`${e.actor} ${words} milestone ${e.subject} in ${e.refs.repository}`,
    icon,
  });
}
