import { z } from "zod";
import { defineEvent, many, oneOf, optional, sentence } from "../../../src/index.ts";
import { branch, commit, label, mergeGroup, people, pullRequest, repository, team } from "../entities.ts";
import { page, toPage } from "./page.ts";

const refs = { repository, author: optional(...people) };

export const pullRequestOpened = defineEvent("pull_request.opened", {
  subject: pullRequest,
  refs: { ...refs, from: branch, to: branch, reviewers: many(...people, team) },
  data: page.extend({ draft: z.boolean() }),
  url: toPage,
  sentence: (e) =>
    sentence`${e.actor} opened ${e.data.draft ? "draft " : ""}pull request ${e.subject} in ${e.refs.repository}`,
  icon: "git-pull-request",
});

export const pullRequestMerged = defineEvent("pull_request.merged", {
  subject: pullRequest,
  refs: { ...refs, to: branch, commit: optional(commit) },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} merged pull request ${e.subject} into ${e.refs.to}`,
  icon: "git-merge",
});

export const pullRequestClosed = simple("closed", "closed", "", "git-pull-request-closed");
export const pullRequestReopened = simple("reopened", "reopened", "", "rotate-ccw");
export const pullRequestEdited = simple("edited", "edited", "", "pencil");
export const pullRequestLocked = simple("locked", "locked the conversation of", "", "lock");
export const pullRequestUnlocked = simple("unlocked", "unlocked the conversation of", "", "lock-open");
export const pullRequestConvertedToDraft = simple(
  "converted_to_draft",
  "converted",
  " to a draft",
  "git-pull-request-draft",
);
export const pullRequestMarkedReady = simple("marked_ready", "marked", " as ready for review", "eye");

function simple<const Verb extends string>(verb: Verb, words: string, ending: string, icon: string) {
  return defineEvent(`pull_request.${verb}`, {
    subject: pullRequest,
    refs,
    data: page,
    url: toPage,
    sentence: (e) => sentence`${e.actor} ${words} pull request ${e.subject}${ending}`,
    icon,
  });
}

export const pullRequestSynchronized = defineEvent("pull_request.synchronized", {
  subject: pullRequest,
  refs: { ...refs, before: commit, after: commit },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} pushed commits to pull request ${e.subject}, up to ${e.refs.after}`,
  icon: "git-commit-horizontal",
});

export const pullRequestAssigned = defineEvent("pull_request.assigned", {
  subject: pullRequest,
  refs: { ...refs, assignee: oneOf(...people) },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} assigned pull request ${e.subject} to ${e.refs.assignee}`,
  icon: "user-check",
});

export const pullRequestUnassigned = defineEvent("pull_request.unassigned", {
  subject: pullRequest,
  refs: { ...refs, assignee: oneOf(...people) },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} took pull request ${e.subject} from ${e.refs.assignee}`,
  icon: "user-minus",
});

export const pullRequestLabeled = defineEvent("pull_request.labeled", {
  subject: pullRequest,
  refs: { ...refs, label },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} added the label ${e.refs.label} to pull request ${e.subject}`,
  icon: "tag",
});

export const pullRequestUnlabeled = defineEvent("pull_request.unlabeled", {
  subject: pullRequest,
  refs: { ...refs, label },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} removed the label ${e.refs.label} from pull request ${e.subject}`,
  icon: "tag",
});

export const reviewRequested = defineEvent("pull_request.review_requested", {
  subject: pullRequest,
  refs: { ...refs, reviewer: oneOf(...people, team) },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} asked ${e.refs.reviewer} to review pull request ${e.subject}`,
  icon: "eye",
});

export const reviewRequestRemoved = defineEvent("pull_request.review_request_removed", {
  subject: pullRequest,
  refs: { ...refs, reviewer: oneOf(...people, team) },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} no longer asks ${e.refs.reviewer} to review pull request ${e.subject}`,
  icon: "eye-off",
});

export const mergeGroupChecksRequested = defineEvent("merge_group.checks_requested", {
  subject: mergeGroup,
  refs: { repository, to: branch, commit },
  sentence: (e) => sentence`${e.actor} requested checks of merge group ${e.subject} for ${e.refs.to}`,
  icon: "list-checks",
});
