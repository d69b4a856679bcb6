import {
  issueAssigned,
  issueClosed,
  issueCommentCreated,
  issueCommentDeleted,
  issueCommentEdited,
  issueDeleted,
  issueDemilestoned,
  issueEdited,
  issueLabeled,
  issueLocked,
  issueMilestoned,
  issueOpened,
  issuePinned,
  issueReopened,
  issueTransferred,
  issueUnassigned,
  issueUnlabeled,
  issueUnlocked,
  issueUnpinned,
} from "../events/issues.ts";
import { issueComment } from "../entities.ts";
import type { Mapping } from "./mapping.ts";
import {
  excerpt,
  issueOf,
  labelOf,
  maybePersonOf,
  milestoneOf,
  personOf,
  repositoryOf,
  timeOf,
} from "./references.ts";

const plain = {
  edited: issueEdited,
  deleted: issueDeleted,
  closed: issueClosed,
  reopened: issueReopened,
  pinned: issuePinned,
  unpinned: issueUnpinned,
  unlocked: issueUnlocked,
};

export const mapIssue: Mapping<"issues"> = (payload) => {
  const { issue, repository } = payload;
  const refs = { repository: repositoryOf(repository), author: maybePersonOf(issue.user) };
  const common = {
    subject: issueOf(issue, repository),
    refs,
    data: { url: issue.html_url },
    occurredAt: timeOf(payload.action === "opened" ? issue.created_at : issue.updated_at),
  };
  switch (payload.action) {
    case "opened":
      return issueOpened({
        ...common,
        refs: {
          ...refs,
          assignees: issue.assignees.map(personOf),
          labels: (issue.labels ?? []).map(labelOf),
          milestone: issue.milestone && milestoneOf(issue.milestone),
        },
      });
    case "locked":
      return issueLocked({ ...common, data: { ...common.data, reason: issue.active_lock_reason } });
    case "transferred": {
      const { new_issue, new_repository } = payload.changes;
      return issueTransferred({
        ...common,
        refs: { ...refs, to: repositoryOf(new_repository), successor: issueOf(new_issue, new_repository) },
      });
    }
    case "assigned":
    case "unassigned": {
      if (!payload.assignee) return null;
      const changed = payload.action === "assigned" ? issueAssigned : issueUnassigned;
      return changed({ ...common, refs: { ...refs, assignee: personOf(payload.assignee) } });
    }
    case "labeled":
    case "unlabeled": {
      if (!payload.label) return null;
      const changed = payload.action === "labeled" ? issueLabeled : issueUnlabeled;
      return changed({ ...common, refs: { ...refs, label: labelOf(payload.label) } });
    }
    case "milestoned":
      return issueMilestoned({ ...common, refs: { ...refs, milestone: milestoneOf(payload.milestone) } });
    case "demilestoned":
      if (!payload.milestone) return null;
      return issueDemilestoned({ ...common, refs: { ...refs, milestone: milestoneOf(payload.milestone) } });
    default:
      return plain[payload.action]?.(common) ?? null;
  }
};

const comments = { created: issueCommentCreated, edited: issueCommentEdited, deleted: issueCommentDeleted };

export const mapIssueComment: Mapping<"issue_comment"> = ({ action, comment, issue, repository }) =>
  comments[action]?.({
    subject: issueComment(comment.id, excerpt(comment.body)),
    refs: {
      repository: repositoryOf(repository),
      author: maybePersonOf(comment.user),
      on: issueOf(issue, repository),
    },
    data: { url: comment.html_url },
    // A payload about a deletion says when the comment was last written, not when it went.
    occurredAt: action === "deleted" ? undefined : timeOf(comment.updated_at),
  }) ?? null;
