import { defineEntity } from "../../src/index.ts";

// The ids are GitHub's numbers, because names change: a repository keeps its timeline when it is renamed. What has a
// number only within its repository is written `repository id#number`; references.ts is the one place that does so.

// Who acts. All three appear as senders, authors and assignees.
export const user = defineEntity("user", { icon: "user" });
export const bot = defineEntity("bot", { icon: "bot" });
export const organization = defineEntity("organization", { icon: "building-2" });
export const team = defineEntity("team", { icon: "users" });

/** Takes any of those who act: `author: optional(...people)`. */
export const people = [user, bot, organization] as const;

// Code
export const repository = defineEntity("repository", { icon: "book-marked" });
export const branch = defineEntity("branch", { icon: "git-branch" });
export const tag = defineEntity("tag", { icon: "tag" });
export const commit = defineEntity("commit", { icon: "git-commit-horizontal" });
export const release = defineEntity("release", { icon: "rocket" });
export const gitHubPackage = defineEntity("package", { icon: "package" });
export const deployKey = defineEntity("deploy_key", { icon: "key-round" });
export const branchProtectionRule = defineEntity("branch_protection_rule", { icon: "shield-check" });
export const wikiPage = defineEntity("wiki_page", { icon: "book-open" });

// Work
export const issue = defineEntity("issue", { icon: "circle-dot" });
export const label = defineEntity("label", { icon: "tag" });
export const milestone = defineEntity("milestone", { icon: "milestone" });
export const issueComment = defineEntity("issue_comment", { icon: "message-square" });
export const commitComment = defineEntity("commit_comment", { icon: "message-square" });
export const discussion = defineEntity("discussion", { icon: "messages-square" });
export const discussionComment = defineEntity("discussion_comment", { icon: "message-square" });
export const pullRequest = defineEntity("pull_request", { icon: "git-pull-request" });
export const review = defineEntity("review", { icon: "eye" });
export const reviewComment = defineEntity("review_comment", { icon: "message-square-code" });
export const reviewThread = defineEntity("review_thread", { icon: "messages-square" });
export const mergeGroup = defineEntity("merge_group", { icon: "git-merge" });
export const project = defineEntity("project", { icon: "square-kanban" });
export const projectColumn = defineEntity("project_column", { icon: "columns-3" });
export const projectCard = defineEntity("project_card", { icon: "sticky-note" });
export const projectItem = defineEntity("project_item", { icon: "sticky-note" });

// Automation
export const app = defineEntity("app", { icon: "blocks" });
export const installation = defineEntity("installation", { icon: "blocks" });
export const webhook = defineEntity("webhook", { icon: "webhook" });
export const checkRun = defineEntity("check_run", { icon: "list-checks" });
export const checkSuite = defineEntity("check_suite", { icon: "list-checks" });
export const workflow = defineEntity("workflow", { icon: "workflow" });
export const workflowRun = defineEntity("workflow_run", { icon: "workflow" });
export const workflowJob = defineEntity("workflow_job", { icon: "workflow" });
export const deployment = defineEntity("deployment", { icon: "cloud-upload" });
export const pageBuild = defineEntity("page_build", { icon: "hammer" });

// Security and money
export const codeScanningAlert = defineEntity("code_scanning_alert", { icon: "shield-alert" });
export const dependabotAlert = defineEntity("dependabot_alert", { icon: "shield-alert" });
export const vulnerabilityAlert = defineEntity("vulnerability_alert", { icon: "shield-alert" });
export const securityAdvisory = defineEntity("security_advisory", { icon: "shield-alert" });
export const marketplacePlan = defineEntity("marketplace_plan", { icon: "store" });
export const sponsorship = defineEntity("sponsorship", { icon: "heart" });
