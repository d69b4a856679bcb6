import { z } from "zod";
import { defineEvent, optional, sentence } from "../../../src/index.ts";
import { people, pullRequest, repository, review, reviewComment, reviewThread } from "../entities.ts";
import { page, toPage } from "./page.ts";

const refs = { repository, pullRequest, author: optional(...people) };

export const reviewSubmitted = defineEvent("review.submitted", {
  subject: review,
  refs,
  data: page.extend({ verdict: z.enum(["approved", "changes_requested", "commented"]) }),
  url: toPage,
  sentence: (e) => {
    const words = {
      approved: "approved",
      changes_requested: "asked for changes to",
      commented: "commented on",
    };
    return sentence`${e.actor} ${words[e.data.verdict]} pull request ${e.refs.pullRequest} in ${e.subject}`;
  },
  icon: "eye",
});

export const reviewEdited = reviewEvent("edited", "pencil");
export const reviewDismissed = reviewEvent("dismissed", "circle-slash");

function reviewEvent<const Verb extends string>(verb: Verb, icon: string) {
  return defineEvent(`review.${verb}`, {
    subject: review,
    refs,
    data: page,
    url: toPage,
    sentence: (e) => sentence`${e.actor} ${verb} ${e.subject} of pull request ${e.refs.pullRequest}`,
    icon,
  });
}

export const reviewCommentCreated = commentEvent("created", "commented on", "message-square-code");
export const reviewCommentEdited = commentEvent("edited", "edited a comment on", "pencil");
export const reviewCommentDeleted = commentEvent("deleted", "deleted a comment on", "trash-2");

function commentEvent<const Verb extends string>(verb: Verb, words: string, icon: string) {
  return defineEvent(`review_comment.${verb}`, {
    subject: reviewComment,
    refs,
    data: page.extend({ path: z.string() }),
    url: toPage,
    sentence: (e) =>
      sentence`${e.actor} ${words} ${e.data.path} in pull request ${e.refs.pullRequest}: “${e.subject}”`,
    icon,
  });
}

export const reviewThreadResolved = threadEvent("resolved", "resolved", "circle-check");
export const reviewThreadUnresolved = threadEvent("unresolved", "reopened", "rotate-ccw");

function threadEvent<const Verb extends string>(verb: Verb, words: string, icon: string) {
  return defineEvent(`review_thread.${verb}`, {
    subject: reviewThread,
    refs,
    data: page,
    url: toPage,
    sentence: (e) =>
      sentence`${e.actor} ${words} the thread about ${e.subject} in pull request ${e.refs.pullRequest}`,
    icon,
  });
}
