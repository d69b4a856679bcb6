// Longer than other files: one table of all 58 events.

/** By event and action: the type, and what else than the sender and the repository it is about, as `kind path`. */
export const said: Readonly<Record<string, readonly [type: string, ...entities: string[]]>> = {
  "branch_protection_rule.created": ["branch_protection_rule.created", "branch_protection_rule rule"],
  "branch_protection_rule.edited": ["branch_protection_rule.edited", "branch_protection_rule rule"],
  "branch_protection_rule.deleted": ["branch_protection_rule.deleted", "branch_protection_rule rule"],
  "check_run.created": ["check_run.created", ...checkRun()],
  "check_run.completed": ["check_run.completed", ...checkRun()],
  "check_run.rerequested": ["check_run.rerequested", ...checkRun()],
  "check_run.requested_action": ["check_run.action_requested", ...checkRun()],
  "check_suite.requested": ["check_suite.requested", ...checkSuite()],
  "check_suite.rerequested": ["check_suite.rerequested", ...checkSuite()],
  "check_suite.completed": ["check_suite.completed", ...checkSuite()],
  "code_scanning_alert.created": ["code_scanning_alert.created", ...codeAlert()],
  "code_scanning_alert.reopened": ["code_scanning_alert.reopened", ...codeAlert()],
  "code_scanning_alert.fixed": ["code_scanning_alert.fixed", ...codeAlert()],
  "code_scanning_alert.closed_by_user": ["code_scanning_alert.dismissed", ...codeAlert()],
  "commit_comment.created": [
    "commit_comment.created",
    "commit_comment comment",
    "person comment.user",
    "commit comment.commit_id",
  ],
  create: ["git_ref.created", "tag ref"],
  delete: ["git_ref.deleted", "tag ref"],
  "dependabot_alert.created": ["dependabot_alert.created", ...dependabotAlert()],
  "dependabot_alert.fixed": ["dependabot_alert.fixed", ...dependabotAlert()],
  "deploy_key.created": ["deploy_key.created", "deploy_key key"],
  "deployment.created": ["deployment.created", ...deployment()],
  "deployment_status.created": ["deployment.status_changed", ...deployment()],
  "deployment_review.requested": [
    "workflow_run.deployment_review_requested",
    "team reviewers[].reviewer",
    "workflow workflow_run.path",
    ...workflowRun(),
  ],
  "discussion.created": ["discussion.created", ...discussion()],
  "discussion.edited": ["discussion.edited", ...discussion()],
  "discussion.locked": ["discussion.locked", ...discussion()],
  "discussion.unlocked": ["discussion.unlocked", ...discussion()],
  "discussion.pinned": ["discussion.pinned", ...discussion()],
  "discussion.answered": ["discussion.answered", "discussion_comment answer", ...discussion()],
  "discussion.unanswered": ["discussion.unanswered", "discussion_comment old_answer", ...discussion()],
  "discussion.category_changed": ["discussion.category_changed", ...discussion()],
  "discussion.labeled": ["discussion.labeled", "label label", ...discussion()],
  "discussion.unlabeled": ["discussion.unlabeled", "label label", ...discussion()],
  "discussion.transferred": [
    "discussion.transferred",
    "repository changes.new_repository",
    "discussion changes.new_discussion",
    ...discussion(),
  ],
  "discussion_comment.created": ["discussion_comment.created", ...discussionComment()],
  "discussion_comment.edited": ["discussion_comment.edited", ...discussionComment()],
  "discussion_comment.deleted": ["discussion_comment.deleted", ...discussionComment()],
  fork: ["repository.forked", "repository forkee"],
  "github_app_authorization.revoked": ["user.app_authorization_revoked"],
  gollum: ["wiki_page.edited", "named wiki_page pages[].page_name"],
  "installation.created": ["installation.created", ...installation()],
  "installation.deleted": ["installation.deleted", ...installation()],
  "installation.suspend": ["installation.suspended", ...installation()],
  "installation.unsuspend": ["installation.unsuspended", ...installation()],
  "installation.new_permissions_accepted": ["installation.permissions_accepted", ...installation()],
  "installation_repositories.added": [
    "installation.repositories_added",
    "repository repositories_added[]",
    ...installation(),
  ],
  "installation_repositories.removed": [
    "installation.repositories_removed",
    "repository repositories_removed[]",
    ...installation(),
  ],
  "issue_comment.created": ["issue_comment.created", ...issueComment()],
  "issue_comment.edited": ["issue_comment.edited", ...issueComment()],
  "issue_comment.deleted": ["issue_comment.deleted", ...issueComment()],
  "issues.opened": [
    "issue.opened",
    ...issue(),
    "person issue.assignees[]",
    "label issue.labels[]",
    "milestone issue.milestone",
  ],
  "issues.edited": ["issue.edited", ...issue()],
  "issues.deleted": ["issue.deleted", ...issue()],
  "issues.reopened": ["issue.reopened", ...issue()],
  "issues.pinned": ["issue.pinned", ...issue()],
  "issues.unpinned": ["issue.unpinned", ...issue()],
  "issues.locked": ["issue.locked", ...issue()],
  "issues.unlocked": ["issue.unlocked", ...issue()],
  "issues.assigned": ["issue.assigned", "person assignee", ...issue()],
  "issues.unassigned": ["issue.unassigned", "person assignee", ...issue()],
  "issues.labeled": ["issue.labeled", "label label", ...issue()],
  "issues.unlabeled": ["issue.unlabeled", "label label", ...issue()],
  "issues.milestoned": ["issue.milestoned", "milestone milestone", ...issue()],
  "issues.demilestoned": ["issue.demilestoned", "milestone milestone", ...issue()],
  "issues.transferred": [
    "issue.transferred",
    "repository changes.new_repository",
    "ticket changes.new_issue changes.new_repository",
    ...issue(),
  ],
  "label.created": ["label.created", "label label"],
  "label.edited": ["label.edited", "label label"],
  "label.deleted": ["label.deleted", "label label"],
  "marketplace_purchase.purchased": ["marketplace_plan.purchased", ...purchase()],
  "marketplace_purchase.cancelled": ["marketplace_plan.cancelled", ...purchase()],
  "marketplace_purchase.changed": [
    "marketplace_plan.changed",
    "marketplace_plan previous_marketplace_purchase.plan",
    ...purchase(),
  ],
  "member.added": ["collaborator.added", "person member"],
  "member.edited": ["collaborator.permission_changed", "person member"],
  "membership.added": ["team.member_added", "person member", "team team", "organization organization"],
  "membership.removed": ["team.member_removed", "person member", "team team", "organization organization"],
  "merge_group.checks_requested": [
    "merge_group.checks_requested",
    "value merge_group merge_group.head_sha",
    "commit merge_group.head_sha",
    "ref merge_group.base_ref",
  ],
  "meta.deleted": ["webhook.deleted", "value webhook hook_id"],
  "milestone.created": ["milestone.created", "milestone milestone"],
  "milestone.closed": ["milestone.closed", "milestone milestone"],
  "milestone.deleted": ["milestone.deleted", "milestone milestone"],
  "organization.member_added": [
    "organization.member_added",
    "organization organization",
    "person membership.user",
  ],
  "organization.member_invited": ["organization.member_invited", "organization organization", "person user"],
  "organization.renamed": ["organization.renamed", "organization organization"],
  "org_block.blocked": ["organization.user_blocked", "organization organization", "person blocked_user"],
  "org_block.unblocked": ["organization.user_unblocked", "organization organization", "person blocked_user"],
  "package.published": [
    "package.published",
    "package package",
    "person package.owner",
    "release package.package_version.release",
  ],
  page_build: ["page_build.finished", "value page_build id", "commit build.commit"],
  ping: ["webhook.pinged", "value webhook hook_id", "organization organization"],
  "project.created": ["project.created", "project project"],
  "project_card.created": ["project_card.created", ...projectCard()],
  "project_card.deleted": ["project_card.deleted", ...projectCard()],
  "project_card.moved": [
    "project_card.moved",
    "value project_column changes.column_id.from",
    ...projectCard(),
  ],
  "project_column.created": [
    "project_column.created",
    "project_column project_column",
    "last project project_column.project_url",
  ],
  "project_column.edited": [
    "project_column.edited",
    "project_column project_column",
    "last project project_column.project_url",
  ],
  "projects_v2_item.created": ["project_item.created", ...projectItem()],
  "projects_v2_item.edited": ["project_item.edited", ...projectItem()],
  "projects_v2_item.reordered": ["project_item.reordered", ...projectItem()],
  "projects_v2_item.archived": ["project_item.archived", ...projectItem()],
  "projects_v2_item.restored": ["project_item.restored", ...projectItem()],
  "projects_v2_item.converted": ["project_item.converted", ...projectItem()],
  public: ["repository.made_public"],
  "pull_request.opened": [
    "pull_request.opened",
    "ref pull_request.head.ref",
    "ref pull_request.base.ref",
    "person pull_request.requested_reviewers[]",
    "team pull_request.requested_teams[]",
    ...pullRequest(),
  ],
  "pull_request.closed": ["pull_request.closed", ...pullRequest()],
  "pull_request.reopened": ["pull_request.reopened", ...pullRequest()],
  "pull_request.locked": ["pull_request.locked", ...pullRequest()],
  "pull_request.unlocked": ["pull_request.unlocked", ...pullRequest()],
  "pull_request.converted_to_draft": ["pull_request.converted_to_draft", ...pullRequest()],
  "pull_request.ready_for_review": ["pull_request.marked_ready", ...pullRequest()],
  "pull_request.synchronize": [
    "pull_request.synchronized",
    "commit before",
    "commit after",
    ...pullRequest(),
  ],
  "pull_request.assigned": ["pull_request.assigned", "person assignee", ...pullRequest()],
  "pull_request.unassigned": ["pull_request.unassigned", "person assignee", ...pullRequest()],
  "pull_request.labeled": ["pull_request.labeled", "label label", ...pullRequest()],
  "pull_request.unlabeled": ["pull_request.unlabeled", "label label", ...pullRequest()],
  "pull_request.review_requested": [
    "pull_request.review_requested",
    "person requested_reviewer",
    ...pullRequest(),
  ],
  "pull_request.review_request_removed": [
    "pull_request.review_request_removed",
    "person requested_reviewer",
    ...pullRequest(),
  ],
  "pull_request_review.submitted": ["review.submitted", ...review()],
  "pull_request_review.dismissed": ["review.dismissed", ...review()],
  "pull_request_review_comment.created": ["review_comment.created", ...reviewComment()],
  "pull_request_review_comment.edited": ["review_comment.edited", ...reviewComment()],
  "pull_request_review_comment.deleted": ["review_comment.deleted", ...reviewComment()],
  "pull_request_review_thread.resolved": ["review_thread.resolved", ...reviewThread()],
  "pull_request_review_thread.unresolved": ["review_thread.unresolved", ...reviewThread()],
  push: ["git_ref.pushed", "ref ref", "commit head_commit.id", "commit commits[].id"],
  "release.created": ["release.created", ...release()],
  "release.published": ["release.published", ...release()],
  "release.released": ["release.released", ...release()],
  "release.prereleased": ["release.prereleased", ...release()],
  "release.edited": ["release.edited", ...release()],
  "release.deleted": ["release.deleted", ...release()],
  "repository.created": ["repository.created"],
  "repository.edited": ["repository.edited"],
  "repository.renamed": ["repository.renamed"],
  "repository.publicized": ["repository.made_public"],
  "repository.privatized": ["repository.made_private"],
  "repository.transferred": [
    "repository.transferred",
    "person changes.owner.from.user",
    "person repository.owner",
  ],
  "repository_dispatch.on-demand-test": ["repository.dispatched"],
  repository_import: ["repository.imported"],
  "repository_vulnerability_alert.create": ["vulnerability_alert.created", ...vulnerability()],
  "repository_vulnerability_alert.dismiss": ["vulnerability_alert.dismissed", ...vulnerability()],
  "security_advisory.published": [
    "security_advisory.published",
    "value security_advisory security_advisory.ghsa_id",
  ],
  "security_advisory.updated": [
    "security_advisory.updated",
    "value security_advisory security_advisory.ghsa_id",
  ],
  "security_advisory.withdrawn": [
    "security_advisory.withdrawn",
    "value security_advisory security_advisory.ghsa_id",
  ],
  "sponsorship.created": ["sponsorship.created", ...sponsorship()],
  "sponsorship.pending_tier_change": ["sponsorship.tier_change_scheduled", ...sponsorship()],
  "star.created": ["repository.starred"],
  "star.deleted": ["repository.unstarred"],
  status: ["commit.status_reported", "commit sha", "ref branches[].name"],
  "team.created": ["team.created", "team team", "organization organization"],
  "team.edited": ["team.edited", "team team", "organization organization"],
  "team.deleted": ["team.deleted", "team team", "organization organization"],
  "team.added_to_repository": ["team.added_to_repository", "team team", "organization organization"],
  "team.removed_from_repository": ["team.removed_from_repository", "team team", "organization organization"],
  team_add: ["team.added_to_repository", "team team", "organization organization"],
  "watch.started": ["repository.watched"],
  workflow_dispatch: ["workflow.dispatched", "workflow workflow", "ref ref"],
  "workflow_job.queued": ["workflow_job.queued", ...workflowJob()],
  "workflow_job.waiting": ["workflow_job.held", ...workflowJob()],
  "workflow_job.in_progress": ["workflow_job.started", ...workflowJob()],
  "workflow_job.completed": ["workflow_job.completed", ...workflowJob()],
  "workflow_run.requested": ["workflow_run.requested", "workflow workflow.path", ...workflowRun()],
  "workflow_run.completed": ["workflow_run.completed", "workflow workflow.path", ...workflowRun()],
};

function checkRun(): string[] {
  return [
    "check_run check_run",
    "app check_run.app",
    "commit check_run.head_sha",
    "ref check_run.check_suite.head_branch",
    "pull check_run.pull_requests[]",
  ];
}
function checkSuite(): string[] {
  return [
    "check_suite check_suite",
    "app check_suite.app",
    "commit check_suite.head_sha",
    "ref check_suite.head_branch",
    "pull check_suite.pull_requests[]",
  ];
}
function codeAlert(): string[] {
  return ["numbered code_scanning_alert alert.number", "commit commit_oid"];
}
function dependabotAlert(): string[] {
  return [
    "numbered dependabot_alert alert.number",
    "value security_advisory alert.security_advisory.ghsa_id",
  ];
}
function deployment(): string[] {
  return ["deployment deployment", "commit deployment.sha", "workflow_run workflow_run"];
}
function discussion(): string[] {
  return ["discussion discussion", "person discussion.user"];
}
function discussionComment(): string[] {
  return ["discussion_comment comment", "discussion discussion", "person comment.user"];
}
function installation(): string[] {
  return [
    "installation installation",
    "person installation.account",
    "repository repositories[]",
    "person requester",
  ];
}
function issue(): string[] {
  return ["ticket issue repository", "person issue.user"];
}
function issueComment(): string[] {
  return ["issue_comment comment", "person comment.user", "ticket issue repository"];
}
function purchase(): string[] {
  return ["marketplace_plan marketplace_purchase.plan", "person marketplace_purchase.account"];
}
function projectCard(): string[] {
  return [
    "project_card project_card",
    "value project_column project_card.column_id",
    "last project project_card.project_url",
    "person project_card.creator",
  ];
}
function projectItem(): string[] {
  return [
    "project_item projects_v2_item",
    "value project projects_v2_item.project_node_id",
    "person projects_v2_item.creator",
  ];
}
function pullRequest(): string[] {
  return ["pull pull_request", "person pull_request.user"];
}
function review(): string[] {
  return ["review review", "pull pull_request", "person review.user"];
}
function reviewComment(): string[] {
  return ["review_comment comment", "pull pull_request", "person comment.user"];
}
function reviewThread(): string[] {
  return ["value review_thread thread.node_id", "pull pull_request", "person thread.comments[].user"];
}
function release(): string[] {
  return ["release release", "tag release.tag_name", "person release.author"];
}
function vulnerability(): string[] {
  return ["vulnerability_alert alert", "value security_advisory alert.ghsa_id", "person alert.dismisser"];
}
function sponsorship(): string[] {
  return [
    "value sponsorship sponsorship.node_id",
    "person sponsorship.sponsor",
    "person sponsorship.sponsorable",
  ];
}
function workflowJob(): string[] {
  return [
    "workflow_job workflow_job",
    "value workflow_run workflow_job.run_id",
    "commit workflow_job.head_sha",
    "ref workflow_job.head_branch",
  ];
}
function workflowRun(): string[] {
  return [
    "workflow_run workflow_run",
    "commit workflow_run.head_sha",
    "ref workflow_run.head_branch",
    "pull workflow_run.pull_requests[]",
  ];
}
