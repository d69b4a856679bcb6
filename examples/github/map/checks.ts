import { checkRun, checkSuite } from "../entities.ts";
import {
  checkRunActionRequested,
  checkRunCompleted,
  checkRunCreated,
  checkRunRerequested,
  checkSuiteCompleted,
  checkSuiteRequested,
  checkSuiteRerequested,
  commitStatusReported,
} from "../events/checks.ts";
import type { Mapping } from "./mapping.ts";
import {
  appOf,
  branchOf,
  commitOf,
  pullRequestOf,
  repositoryOf,
  timeOf,
  type RepositoryPayload,
} from "./references.ts";
import { severityOfConclusion } from "./severity.ts";

interface Checked {
  readonly head_sha: string;
  readonly app: { readonly id: number; readonly name: string } | null;
  readonly pull_requests: readonly { readonly number: number }[];
}

const refsOf = (checked: Checked, branch: string | null, repository: RepositoryPayload) => ({
  repository: repositoryOf(repository),
  app: checked.app && appOf(checked.app),
  branch: branch === null ? null : branchOf(branch, repository),
  commit: commitOf(checked.head_sha),
  pullRequests: checked.pull_requests.map((pull) => pullRequestOf(pull, repository)),
});

export const mapCheckRun: Mapping<"check_run"> = (payload) => {
  const { check_run: run, repository } = payload;
  const common = {
    subject: checkRun(run.id, run.name),
    refs: refsOf(run, run.check_suite.head_branch, repository),
    data: { url: run.html_url },
  };
  switch (payload.action) {
    case "created":
      return checkRunCreated({ ...common, occurredAt: timeOf(run.started_at) });
    case "completed":
      return checkRunCompleted({
        ...common,
        data: { ...common.data, conclusion: run.conclusion },
        severity: severityOfConclusion(run.conclusion),
        occurredAt: timeOf(run.completed_at),
      });
    case "rerequested":
      return checkRunRerequested(common);
    case "requested_action":
      return checkRunActionRequested({
        ...common,
        data: { ...common.data, action: payload.requested_action?.identifier ?? "an action" },
      });
    default:
      return null;
  }
};

export const mapCheckSuite: Mapping<"check_suite"> = (payload) => {
  const { check_suite: suite, repository } = payload;
  const common = {
    subject: checkSuite(suite.id, suite.app.name),
    refs: refsOf(suite, suite.head_branch, repository),
  };
  switch (payload.action) {
    case "requested":
      return checkSuiteRequested({ ...common, occurredAt: timeOf(suite.created_at) });
    case "rerequested":
      return checkSuiteRerequested(common);
    case "completed":
      return checkSuiteCompleted({
        ...common,
        data: { conclusion: suite.conclusion },
        severity: severityOfConclusion(suite.conclusion),
        occurredAt: timeOf(suite.updated_at),
      });
    default:
      return null;
  }
};

export const mapStatus: Mapping<"status"> = (payload) =>
  commitStatusReported({
    subject: commitOf(payload.sha),
    refs: {
      repository: repositoryOf(payload.repository),
      branches: payload.branches.map(({ name }) => branchOf(name, payload.repository)),
    },
    data: { url: payload.target_url, context: payload.context, state: payload.state },
    severity: payload.state === "failure" || payload.state === "error" ? "error" : "info",
    occurredAt: timeOf(payload.updated_at),
  });
