import { z } from "zod";
import { defineEvent, optional, sentence } from "../../../src/index.ts";
import { discussion, discussionComment, label, people, repository } from "../entities.ts";
import { page, toPage } from "./page.ts";

const refs = { repository, author: optional(...people) };

export const discussionCreated = discussionEvent("created", "started the discussion", "messages-square");
export const discussionEdited = discussionEvent("edited", "edited the discussion", "pencil");
export const discussionDeleted = discussionEvent("deleted", "deleted the discussion", "trash-2");
export const discussionLocked = discussionEvent("locked", "locked the discussion", "lock");
export const discussionUnlocked = discussionEvent("unlocked", "unlocked the discussion", "lock-open");
export const discussionPinned = discussionEvent("pinned", "pinned the discussion", "pin");
export const discussionUnpinned = discussionEvent("unpinned", "unpinned the discussion", "pin-off");

function discussionEvent<const Verb extends string>(verb: Verb, words: string, icon: string) {
  return defineEvent(`discussion.${verb}`, {
    subject: discussion,
    refs,
    data: page,
    url: toPage,
    sentence: (e) => sentence`${e.actor} ${words} ${e.subject}`,
    icon,
  });
}

export const discussionAnswered = defineEvent("discussion.answered", {
  subject: discussion,
  refs: { ...refs, answer: discussionComment },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} chose an answer in the discussion ${e.subject}: “${e.refs.answer}”`,
  icon: "message-square-check",
});

export const discussionUnanswered = defineEvent("discussion.unanswered", {
  subject: discussion,
  refs: { ...refs, answer: discussionComment },
  data: page,
  url: toPage,
  sentence: (e) =>
    sentence`${e.actor} withdrew the answer of the discussion ${e.subject}: “${e.refs.answer}”`,
  icon: "message-square-x",
});

export const discussionCategoryChanged = defineEvent("discussion.category_changed", {
  subject: discussion,
  refs,
  data: page.extend({ from: z.string(), to: z.string() }),
  url: toPage,
  sentence: (e) =>
    sentence`${e.actor} moved the discussion ${e.subject} from “${e.data.from}” to “${e.data.to}”`,
  icon: "folder-input",
});

export const discussionLabeled = defineEvent("discussion.labeled", {
  subject: discussion,
  refs: { ...refs, label },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} added the label ${e.refs.label} to the discussion ${e.subject}`,
  icon: "tag",
});

export const discussionUnlabeled = defineEvent("discussion.unlabeled", {
  subject: discussion,
  refs: { ...refs, label },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} removed the label ${e.refs.label} from the discussion ${e.subject}`,
  icon: "tag",
});

export const discussionTransferred = defineEvent("discussion.transferred", {
  subject: discussion,
  refs: { ...refs, to: repository, successor: discussion },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} moved the discussion ${e.subject} to ${e.refs.to}`,
  icon: "arrow-right",
});

export const discussionCommentCreated = commentEvent("created", "commented on", "message-square");
export const discussionCommentEdited = commentEvent("edited", "edited a comment on", "pencil");
export const discussionCommentDeleted = commentEvent("deleted", "deleted a comment on", "trash-2");

function commentEvent<const Verb extends string>(verb: Verb, words: string, icon: string) {
  return defineEvent(`discussion_comment.${verb}`, {
    subject: discussionComment,
    refs: { ...refs, discussion },
    data: page,
    url: toPage,
    sentence: (e) => sentence`${e.actor} ${words} the discussion ${e.refs.discussion}: “${e.subject}”`,
    icon,
  });
}
