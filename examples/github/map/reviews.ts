import { review as reviewEntity, reviewComment, reviewThread } from "../entities.ts";
import {
  reviewCommentCreated,
  reviewCommentDeleted,
  reviewCommentEdited,
  reviewDismissed,
  reviewEdited,
  reviewSubmitted,
  reviewThreadResolved,
  reviewThreadUnresolved,
} from "../events/reviews.ts";
import type { Mapping } from "./mapping.ts";
import { excerpt, maybePersonOf, pullRequestOf, repositoryOf, timeOf } from "./references.ts";

export const mapReview: Mapping<"pull_request_review"> = (payload) => {
  const { review, pull_request: pull, repository } = payload;
  const common = {
    subject: reviewEntity(review.id, "a review"),
    refs: {
      repository: repositoryOf(repository),
      pullRequest: pullRequestOf(pull, repository),
      author: maybePersonOf(review.user),
    },
    data: { url: review.html_url },
  };
  switch (payload.action) {
    case "submitted": {
      const { state } = review;
      if (state !== "approved" && state !== "changes_requested" && state !== "commented") return null;
      const data = { ...common.data, verdict: state };
      return reviewSubmitted({ ...common, data, occurredAt: timeOf(review.submitted_at) });
    }
    case "edited":
      return reviewEdited(common);
    case "dismissed":
      return reviewDismissed(common);
    default:
      return null;
  }
};

const comments = {
  created: reviewCommentCreated,
  edited: reviewCommentEdited,
  deleted: reviewCommentDeleted,
};

export const mapReviewComment: Mapping<"pull_request_review_comment"> = (payload) => {
  const { action, comment, pull_request: pull, repository } = payload;
  return (
    comments[action]?.({
      subject: reviewComment(comment.id, excerpt(comment.body)),
      refs: {
        repository: repositoryOf(repository),
        pullRequest: pullRequestOf(pull, repository),
        author: maybePersonOf(comment.user),
      },
      data: { url: comment.html_url, path: comment.path },
      occurredAt: action === "deleted" ? undefined : timeOf(comment.updated_at),
    }) ?? null
  );
};

const threads = { resolved: reviewThreadResolved, unresolved: reviewThreadUnresolved };

export const mapReviewThread: Mapping<"pull_request_review_thread"> = (payload) => {
  const { action, thread, pull_request: pull, repository } = payload;
  // A thread has no address of its own; its first comment has.
  const [first] = thread.comments;
  return (
    threads[action]?.({
      subject: reviewThread(thread.node_id, first?.path ?? null),
      refs: {
        repository: repositoryOf(repository),
        pullRequest: pullRequestOf(pull, repository),
        author: maybePersonOf(first?.user),
      },
      data: { url: first?.html_url ?? pull.html_url },
    }) ?? null
  );
};
