import type { WebhookEventMap } from "@octokit/webhooks-types";
import { systemActor, type Draft, type EntityRef } from "../../src/index.ts";
import { installation, organization, repository, user } from "./entities.ts";
import { deliveryReceived } from "./events/apps.ts";
import {
  mapInstallation,
  mapInstallationRepositories,
  mapMarketplacePurchase,
  mapMeta,
  mapPing,
} from "./map/apps.ts";
import { mapCheckRun, mapCheckSuite, mapStatus } from "./map/checks.ts";
import {
  mapBranchProtectionRule,
  mapCommitComment,
  mapCreate,
  mapDelete,
  mapDeployKey,
  mapGollum,
  mapPush,
} from "./map/code.ts";
import { mapDiscussion, mapDiscussionComment } from "./map/discussions.ts";
import { mapIssue, mapIssueComment } from "./map/issues.ts";
import { mapLabel, mapMilestone } from "./map/labelsAndMilestones.ts";
import type { Mapping } from "./map/mapping.ts";
import {
  mapAppAuthorization,
  mapMember,
  mapMembership,
  mapOrganization,
  mapOrgBlock,
  mapSponsorship,
  mapTeam,
  mapTeamAdd,
} from "./map/people.ts";
import { mapProject, mapProjectCard, mapProjectColumn, mapProjectItem } from "./map/projects.ts";
import { mapMergeGroup, mapPullRequest } from "./map/pullRequests.ts";
import { personOf } from "./map/references.ts";
import { mapPackage, mapRelease } from "./map/releases.ts";
import {
  mapFork,
  mapPublic,
  mapRepository,
  mapRepositoryDispatch,
  mapRepositoryImport,
  mapStar,
  mapWatch,
} from "./map/repositories.ts";
import { mapReview, mapReviewComment, mapReviewThread } from "./map/reviews.ts";
import {
  mapCodeScanningAlert,
  mapDependabotAlert,
  mapSecurityAdvisory,
  mapVulnerabilityAlert,
} from "./map/security.ts";
import {
  mapDeployment,
  mapDeploymentReview,
  mapDeploymentStatus,
  mapPageBuild,
  mapWorkflowDispatch,
  mapWorkflowJob,
  mapWorkflowRun,
} from "./map/workflows.ts";

/** One HTTP request from GitHub. */
export interface Delivery {
  /** The header `X-GitHub-Delivery`: the same when GitHub sends it again. */
  readonly id: string;
  /** The header `X-GitHub-Event`. */
  readonly event: string;
  readonly payload: object;
}

const mappings: { readonly [Name in keyof WebhookEventMap]?: Mapping<Name> } = {
  branch_protection_rule: mapBranchProtectionRule,
  check_run: mapCheckRun,
  check_suite: mapCheckSuite,
  code_scanning_alert: mapCodeScanningAlert,
  commit_comment: mapCommitComment,
  create: mapCreate,
  delete: mapDelete,
  dependabot_alert: mapDependabotAlert,
  deploy_key: mapDeployKey,
  deployment: mapDeployment,
  deployment_review: mapDeploymentReview,
  deployment_status: mapDeploymentStatus,
  discussion: mapDiscussion,
  discussion_comment: mapDiscussionComment,
  fork: mapFork,
  github_app_authorization: mapAppAuthorization,
  gollum: mapGollum,
  installation: mapInstallation,
  installation_repositories: mapInstallationRepositories,
  issue_comment: mapIssueComment,
  issues: mapIssue,
  label: mapLabel,
  marketplace_purchase: mapMarketplacePurchase,
  member: mapMember,
  membership: mapMembership,
  merge_group: mapMergeGroup,
  meta: mapMeta,
  milestone: mapMilestone,
  org_block: mapOrgBlock,
  organization: mapOrganization,
  package: mapPackage,
  page_build: mapPageBuild,
  ping: mapPing,
  project: mapProject,
  project_card: mapProjectCard,
  project_column: mapProjectColumn,
  projects_v2_item: mapProjectItem,
  public: mapPublic,
  pull_request: mapPullRequest,
  pull_request_review: mapReview,
  pull_request_review_comment: mapReviewComment,
  pull_request_review_thread: mapReviewThread,
  push: mapPush,
  release: mapRelease,
  repository: mapRepository,
  repository_dispatch: mapRepositoryDispatch,
  repository_import: mapRepositoryImport,
  repository_vulnerability_alert: mapVulnerabilityAlert,
  security_advisory: mapSecurityAdvisory,
  sponsorship: mapSponsorship,
  star: mapStar,
  status: mapStatus,
  team: mapTeam,
  team_add: mapTeamAdd,
  watch: mapWatch,
  workflow_dispatch: mapWorkflowDispatch,
  workflow_job: mapWorkflowJob,
  workflow_run: mapWorkflowRun,
};

/** What a delivery says, as drafts that are ready to be recorded: who, for whom, when, and safe to record again. */
export function mapDelivery({ id, event, payload }: Delivery): readonly Draft[] {
  const envelope = payload as Envelope;
  const mapping = Object.hasOwn(mappings, event) ? mappings[event as keyof typeof mappings] : undefined;
  const mapped = (mapping as ((payload: object) => Draft | readonly Draft[] | null) | undefined)?.(payload);
  const drafts = [mapped ?? unmapped(event, envelope)].flat();
  const metadata = { source: "github", delivery: id, event, action: envelope.action ?? null };
  return drafts.map((draft, index) => ({
    ...draft,
    account: accountOf(envelope),
    actor: envelope.sender ? personOf(envelope.sender) : gitHub,
    metadata,
    idempotencyKey: `github:${id}:${index}`,
  }));
}

/** What payloads have in common, if they have it. */
interface Envelope {
  readonly action?: string | undefined;
  readonly sender?: Account | undefined;
  readonly organization?: Account | undefined;
  readonly repository?:
    | {
        readonly id: number;
        readonly full_name: string;
        readonly owner: Account & { readonly name?: string };
      }
    | undefined;
  readonly installation?: { readonly id: number; readonly account?: Account | undefined } | undefined;
  readonly marketplace_purchase?: { readonly account: Account } | undefined;
  readonly sponsorship?: { readonly sponsorable?: Account | undefined } | undefined;
}

interface Account {
  readonly id: number;
  readonly login: string;
  readonly type?: string | undefined;
}

/** Who published what has no sender. */
const gitHub: EntityRef = { ...systemActor, id: "github", label: "GitHub" };

/** Whose log it is: the organisation's, the repository owner's, or that of the account whom it concerns. */
function accountOf(envelope: Envelope): string {
  const { organization, repository, installation, marketplace_purchase, sponsorship, sender } = envelope;
  return (
    organization?.login ??
    repository?.owner.login ??
    installation?.account?.login ??
    marketplace_purchase?.account.login ??
    sponsorship?.sponsorable?.login ??
    sender?.login ??
    "github"
  );
}

function unmapped(event: string, envelope: Envelope): Draft {
  const data = { event, action: envelope.action ?? null };
  return deliveryReceived({ subject: subjectOf(envelope), data });
}

function subjectOf(envelope: Envelope) {
  const { repository: home, organization: group, installation: installed, sender } = envelope;
  if (home) return repository(home.id, home.full_name);
  if (group) return organization(group.id, group.login);
  if (installed) return installation(installed.id);
  return sender ? user(sender.id, sender.login) : organization("github", "GitHub");
}
