import { mergeGroup } from "../entities.ts";
import {
  mergeGroupChecksRequested,
  pullRequestAssigned,
  pullRequestClosed,
  pullRequestConvertedToDraft,
  pullRequestEdited,
  pullRequestLabeled,
  pullRequestLocked,
  pullRequestMarkedReady,
  pullRequestMerged,
  pullRequestOpened,
  pullRequestReopened,
  pullRequestSynchronized,
  pullRequestUnassigned,
  pullRequestUnlabeled,
  pullRequestUnlocked,
  reviewRequested,
  reviewRequestRemoved,
} from "../events/pullRequests.ts";
import type { Mapping } from "./mapping.ts";
import {
  branchOf,
  commitOf,
  labelOf,
  maybePersonOf,
  personOf,
  pullRequestOf,
  repositoryOf,
  reviewerOf,
  timeOf,
} from "./references.ts";

export const mapPullRequest: Mapping<"pull_request"> = (payload) => {
  const { pull_request: pull, repository } = payload;
  const refs = { repository: repositoryOf(repository), author: maybePersonOf(pull.user) };
  const data = { url: pull.html_url };
  const to = branchOf(pull.base.ref, pull.base.repo);
  const common = {
    subject: pullRequestOf(pull, repository),
    refs,
    data,
    occurredAt: timeOf(payload.action === "opened" ? pull.created_at : pull.updated_at),
  };
  switch (payload.action) {
    case "opened": {
      // The repository of the head is null once its fork was deleted; the branch is then known by name only.
      const from = branchOf(pull.head.ref, pull.head.repo ?? repository);
      const reviewers = [...pull.requested_reviewers, ...pull.requested_teams].map(reviewerOf);
      return pullRequestOpened({
        ...common,
        refs: { ...refs, from, to, reviewers },
        data: { ...data, draft: pull.draft },
      });
    }
    case "closed": {
      if (!pull.merged) return pullRequestClosed(common);
      const commit = pull.merge_commit_sha === null ? null : commitOf(pull.merge_commit_sha);
      return pullRequestMerged({ ...common, refs: { ...refs, to, commit } });
    }
    case "synchronize":
      return pullRequestSynchronized({
        ...common,
        refs: { ...refs, before: commitOf(payload.before), after: commitOf(payload.after) },
      });
    case "assigned":
      return pullRequestAssigned({ ...common, refs: { ...refs, assignee: personOf(payload.assignee) } });
    case "unassigned":
      return pullRequestUnassigned({ ...common, refs: { ...refs, assignee: personOf(payload.assignee) } });
    case "labeled":
      return pullRequestLabeled({ ...common, refs: { ...refs, label: labelOf(payload.label) } });
    case "unlabeled":
      return pullRequestUnlabeled({ ...common, refs: { ...refs, label: labelOf(payload.label) } });
    case "review_requested":
    case "review_request_removed": {
      const reviewer =
        "requested_team" in payload
          ? reviewerOf(payload.requested_team)
          : maybePersonOf(payload.requested_reviewer);
      if (reviewer === null) return null;
      const changed = payload.action === "review_requested" ? reviewRequested : reviewRequestRemoved;
      return changed({ ...common, refs: { ...refs, reviewer } });
    }
    case "reopened":
      return pullRequestReopened(common);
    case "edited":
      return pullRequestEdited(common);
    case "locked":
      return pullRequestLocked(common);
    case "unlocked":
      return pullRequestUnlocked(common);
    case "converted_to_draft":
      return pullRequestConvertedToDraft(common);
    case "ready_for_review":
      return pullRequestMarkedReady(common);
    default:
      return null;
  }
};

export const mapMergeGroup: Mapping<"merge_group"> = ({ action, merge_group: group, repository }) =>
  action === "checks_requested"
    ? mergeGroupChecksRequested({
        subject: mergeGroup(group.head_sha, group.head_sha.slice(0, 7)),
        refs: {
          repository: repositoryOf(repository),
          to: branchOf(group.base_ref.replace("refs/heads/", ""), repository),
          commit: commitOf(group.head_sha),
        },
        occurredAt: timeOf(group.head_commit.timestamp),
      })
    : null;
