import { branchProtectionRule, commitComment, deployKey, wikiPage } from "../entities.ts";
import {
  branchProtectionRuleCreated,
  branchProtectionRuleDeleted,
  branchProtectionRuleEdited,
  commitCommentCreated,
  deployKeyCreated,
  gitRefCreated,
  gitRefDeleted,
  gitRefPushed,
  wikiPageCreated,
  wikiPageEdited,
} from "../events/code.ts";
import type { Mapping } from "./mapping.ts";
import {
  branchOf,
  commitOf,
  excerpt,
  gitRefOf,
  maybePersonOf,
  repositoryOf,
  tagOf,
  timeOf,
} from "./references.ts";

export const mapCreate: Mapping<"create"> = ({ ref, ref_type, repository }) =>
  gitRefCreated({
    subject: ref_type === "tag" ? tagOf(ref, repository) : branchOf(ref, repository),
    refs: { repository: repositoryOf(repository) },
  });

export const mapDelete: Mapping<"delete"> = ({ ref, ref_type, repository }) =>
  gitRefDeleted({
    subject: ref_type === "tag" ? tagOf(ref, repository) : branchOf(ref, repository),
    refs: { repository: repositoryOf(repository) },
  });

// An event takes 100 entities, and GitHub sends up to 2,048 commits with a push: the newest ones are referred to.
const COMMITS = 80;

export const mapPush: Mapping<"push"> = (payload) => {
  const { repository, commits, created, deleted, forced, head_commit: head } = payload;
  return gitRefPushed({
    subject: gitRefOf(payload.ref, repository),
    refs: {
      repository: repositoryOf(repository),
      head: head && commitOf(head.id),
      commits: commits.slice(-COMMITS).map(({ id }) => commitOf(id)),
    },
    data: {
      url: payload.compare,
      change: created ? "created" : deleted ? "deleted" : forced ? "forced" : "extended",
      commits: commits.length,
    },
    // The head's time is when the commit was made, perhaps days before; when it was pushed, nobody says.
  });
};

export const mapCommitComment: Mapping<"commit_comment"> = ({ comment, repository }) =>
  commitCommentCreated({
    subject: commitComment(comment.id, excerpt(comment.body)),
    refs: {
      repository: repositoryOf(repository),
      commit: commitOf(comment.commit_id),
      author: maybePersonOf(comment.user),
    },
    data: { url: comment.html_url },
    occurredAt: timeOf(comment.created_at),
  });

const rules = {
  created: branchProtectionRuleCreated,
  edited: branchProtectionRuleEdited,
  deleted: branchProtectionRuleDeleted,
};

export const mapBranchProtectionRule: Mapping<"branch_protection_rule"> = ({ action, rule, repository }) =>
  rules[action]?.({
    subject: branchProtectionRule(rule.id, rule.name),
    refs: { repository: repositoryOf(repository) },
    occurredAt: action === "deleted" ? undefined : timeOf(rule.updated_at),
  }) ?? null;

export const mapDeployKey: Mapping<"deploy_key"> = ({ action, key, repository }) =>
  action === "created"
    ? deployKeyCreated({
        subject: deployKey(key.id, key.title),
        refs: { repository: repositoryOf(repository) },
        data: { readOnly: key.read_only },
        occurredAt: timeOf(key.created_at),
      })
    : null;

/** One delivery tells of every page that one commit to the wiki changed. */
export const mapGollum: Mapping<"gollum"> = ({ pages, repository }) =>
  pages.map((page) => {
    const changed = page.action === "created" ? wikiPageCreated : wikiPageEdited;
    return changed({
      subject: wikiPage(`${repository.id}:${page.page_name}`, page.title),
      refs: { repository: repositoryOf(repository) },
      data: { url: page.html_url, revision: page.sha },
    });
  });
