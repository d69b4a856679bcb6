import { z } from "zod";
import { defineEvent, many, oneOf, optional, sentence } from "../../../src/index.ts";
import {
  branch,
  branchProtectionRule,
  commit,
  commitComment,
  deployKey,
  people,
  repository,
  tag,
  wikiPage,
} from "../entities.ts";
import { page, toPage } from "./page.ts";

const gitRef = oneOf(branch, tag);
const kindOf = (ref: { readonly type: "branch" | "tag" }) => ref.type;

export const gitRefCreated = defineEvent("git_ref.created", {
  subject: gitRef,
  refs: { repository },
  sentence: (e) => sentence`${e.actor} created the ${kindOf(e.subject)} ${e.subject} in ${e.refs.repository}`,
  icon: "git-branch-plus",
});

export const gitRefDeleted = defineEvent("git_ref.deleted", {
  subject: gitRef,
  refs: { repository },
  sentence: (e) => sentence`${e.actor} deleted the ${kindOf(e.subject)} ${e.subject} in ${e.refs.repository}`,
  icon: "trash-2",
});

export const gitRefPushed = defineEvent("git_ref.pushed", {
  subject: gitRef,
  refs: { repository, head: optional(commit), commits: many(commit) },
  data: page.extend({
    change: z.enum(["created", "deleted", "forced", "extended"]),
    commits: z.int().min(0),
  }),
  url: toPage,
  sentence: (e) => {
    const what = sentence`the ${kindOf(e.subject)} ${e.subject}`;
    const commits = e.data.commits === 1 ? "1 commit" : `${e.data.commits} commits`;
    switch (e.data.change) {
      case "created":
        return sentence`${e.actor} pushed ${what} to ${e.refs.repository} for the first time`;
      case "deleted":
        return sentence`${e.actor} removed ${what} from ${e.refs.repository}`;
      case "forced":
        return sentence`${e.actor} rewrote ${what} in ${e.refs.repository}`;
      case "extended":
        return sentence`${e.actor} pushed ${commits} to ${what} in ${e.refs.repository}`;
    }
  },
  icon: "git-commit-horizontal",
  description: "Somebody pushed. GitHub also sends git_ref.created and git_ref.deleted where they apply.",
});

export const commitCommentCreated = defineEvent("commit_comment.created", {
  subject: commitComment,
  refs: { repository, commit, author: optional(...people) },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} commented on commit ${e.refs.commit}: “${e.subject}”`,
  icon: "message-square",
});

export const branchProtectionRuleCreated = ruleEvent("created", "protected", "shield-check");
export const branchProtectionRuleEdited = ruleEvent("edited", "changed the protection of", "shield");
export const branchProtectionRuleDeleted = ruleEvent("deleted", "removed the protection of", "shield-off");

function ruleEvent<const Verb extends string>(verb: Verb, words: string, icon: string) {
  return defineEvent(`branch_protection_rule.${verb}`, {
    subject: branchProtectionRule,
    refs: { repository },
    severity: verb === "deleted" ? "warning" : "info",
    sentence: (e) => sentence`${e.actor} ${words} the branch ${e.subject} of ${e.refs.repository}`,
    icon,
  });
}

export const deployKeyCreated = defineEvent("deploy_key.created", {
  subject: deployKey,
  refs: { repository },
  data: z.object({ readOnly: z.boolean() }),
  sentence: (e) =>
    sentence`${e.actor} gave the key ${e.subject} ${e.data.readOnly ? "read" : "write"} access to ${e.refs.repository}`,
  icon: "key-round",
});

export const wikiPageCreated = wikiEvent("created");
export const wikiPageEdited = wikiEvent("edited");

function wikiEvent<const Verb extends "created" | "edited">(verb: Verb) {
  return defineEvent(`wiki_page.${verb}`, {
    subject: wikiPage,
    refs: { repository },
    data: page.extend({ revision: z.string() }),
    url: toPage,
    sentence: (e) => sentence`${e.actor} ${verb} the wiki page ${e.subject} of ${e.refs.repository}`,
    icon: "book-open",
  });
}
