import { z } from "zod";
import { defineEvent, many, oneOf, optional, sentence } from "../../../src/index.ts";
import { issue, issueComment, label, milestone, people, pullRequest, repository } from "../entities.ts";
import { page, toPage } from "./page.ts";

// GitHub sends a pull request's milestones and comments as those of an issue.
const subject = oneOf(issue, pullRequest);
const refs = { repository, author: optional(...people) };

export const issueOpened = defineEvent("issue.opened", {
  subject,
  refs: { ...refs, assignees: many(...people), labels: many(label), milestone: optional(milestone) },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} opened issue ${e.subject} in ${e.refs.repository}`,
  icon: "circle-dot",
});

export const issueEdited = issueEvent("edited", "edited issue", "pencil");
export const issueDeleted = issueEvent("deleted", "deleted issue", "trash-2");
export const issueClosed = issueEvent("closed", "closed issue", "circle-check");
export const issueReopened = issueEvent("reopened", "reopened issue", "rotate-ccw");
export const issuePinned = issueEvent("pinned", "pinned issue", "pin");
export const issueUnpinned = issueEvent("unpinned", "unpinned issue", "pin-off");
export const issueUnlocked = issueEvent("unlocked", "unlocked the conversation of issue", "lock-open");

function issueEvent<const Verb extends string>(verb: Verb, words: string, icon: string) {
  return defineEvent(`issue.${verb}`, {
    subject,
    refs,
    data: page,
    url: toPage,
    sentence: (e) => sentence`${e.actor} ${words} ${e.subject}`,
    icon,
  });
}

export const issueLocked = defineEvent("issue.locked", {
  subject,
  refs,
  data: page.extend({ reason: z.string().nullable() }),
  url: toPage,
  sentence: (e) =>
    sentence`${e.actor} locked the conversation of issue ${e.subject}${e.data.reason && ` as ${e.data.reason}`}`,
  icon: "lock",
});

export const issueTransferred = defineEvent("issue.transferred", {
  subject,
  refs: { ...refs, to: repository, successor: subject },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} moved issue ${e.subject} to ${e.refs.to} as ${e.refs.successor}`,
  icon: "arrow-right",
  description: "An issue went to another repository, where it is a new issue with a new number.",
});

export const issueAssigned = defineEvent("issue.assigned", {
  subject,
  refs: { ...refs, assignee: oneOf(...people) },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} assigned issue ${e.subject} to ${e.refs.assignee}`,
  icon: "user-check",
});

export const issueUnassigned = defineEvent("issue.unassigned", {
  subject,
  refs: { ...refs, assignee: oneOf(...people) },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} took issue ${e.subject} from ${e.refs.assignee}`,
  icon: "user-minus",
});

export const issueLabeled = defineEvent("issue.labeled", {
  subject,
  refs: { ...refs, label },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} added the label ${e.refs.label} to issue ${e.subject}`,
  icon: "tag",
});

export const issueUnlabeled = defineEvent("issue.unlabeled", {
  subject,
  refs: { ...refs, label },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} removed the label ${e.refs.label} from issue ${e.subject}`,
  icon: "tag",
});

export const issueMilestoned = defineEvent("issue.milestoned", {
  subject,
  refs: { ...refs, milestone },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} added ${e.subject} to milestone ${e.refs.milestone}`,
  icon: "milestone",
});

export const issueDemilestoned = defineEvent("issue.demilestoned", {
  subject,
  refs: { ...refs, milestone },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} removed ${e.subject} from milestone ${e.refs.milestone}`,
  icon: "milestone",
});

export const issueCommentCreated = commentEvent("created", "commented on", "message-square");
export const issueCommentEdited = commentEvent("edited", "edited a comment on", "pencil");
export const issueCommentDeleted = commentEvent("deleted", "deleted a comment on", "trash-2");

function commentEvent<const Verb extends string>(verb: Verb, words: string, icon: string) {
  return defineEvent(`issue_comment.${verb}`, {
    subject: issueComment,
    refs: { ...refs, on: subject },
    data: page,
    url: toPage,
    sentence: (e) => sentence`${e.actor} ${words} ${e.refs.on}: “${e.subject}”`,
    icon,
  });
}
