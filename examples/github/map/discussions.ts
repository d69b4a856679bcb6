import {
  discussionAnswered,
  discussionCategoryChanged,
  discussionCommentCreated,
  discussionCommentDeleted,
  discussionCommentEdited,
  discussionCreated,
  discussionDeleted,
  discussionEdited,
  discussionLabeled,
  discussionLocked,
  discussionPinned,
  discussionTransferred,
  discussionUnanswered,
  discussionUnlabeled,
  discussionUnlocked,
  discussionUnpinned,
} from "../events/discussions.ts";
import type { Mapping } from "./mapping.ts";
import { answerOf, discussionOf, labelOf, maybePersonOf, repositoryOf, timeOf } from "./references.ts";

const plain = {
  created: discussionCreated,
  edited: discussionEdited,
  deleted: discussionDeleted,
  locked: discussionLocked,
  unlocked: discussionUnlocked,
  pinned: discussionPinned,
  unpinned: discussionUnpinned,
};

export const mapDiscussion: Mapping<"discussion"> = (payload) => {
  const { discussion, repository } = payload;
  const refs = { repository: repositoryOf(repository), author: maybePersonOf(discussion.user) };
  const common = {
    subject: discussionOf(discussion),
    refs,
    data: { url: discussion.html_url },
    occurredAt: timeOf(discussion.updated_at),
  };
  switch (payload.action) {
    case "answered":
      return discussionAnswered({ ...common, refs: { ...refs, answer: answerOf(payload.answer) } });
    case "unanswered":
      return discussionUnanswered({ ...common, refs: { ...refs, answer: answerOf(payload.old_answer) } });
    case "category_changed":
      return discussionCategoryChanged({
        ...common,
        data: { ...common.data, from: payload.changes.category.from.name, to: discussion.category.name },
      });
    case "labeled":
      return discussionLabeled({ ...common, refs: { ...refs, label: labelOf(payload.label) } });
    case "unlabeled":
      return discussionUnlabeled({ ...common, refs: { ...refs, label: labelOf(payload.label) } });
    case "transferred": {
      const { new_discussion, new_repository } = payload.changes;
      return discussionTransferred({
        ...common,
        refs: { ...refs, to: repositoryOf(new_repository), successor: discussionOf(new_discussion) },
      });
    }
    default:
      return plain[payload.action]?.(common) ?? null;
  }
};

const comments = {
  created: discussionCommentCreated,
  edited: discussionCommentEdited,
  deleted: discussionCommentDeleted,
};

export const mapDiscussionComment: Mapping<"discussion_comment"> = ({
  action,
  comment,
  discussion,
  repository,
}) =>
  comments[action]?.({
    subject: answerOf(comment),
    refs: {
      repository: repositoryOf(repository),
      author: maybePersonOf(comment.user),
      discussion: discussionOf(discussion),
    },
    data: { url: comment.html_url },
    occurredAt: action === "deleted" ? undefined : timeOf(comment.updated_at),
  }) ?? null;
