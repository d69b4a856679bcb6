import { deployment as deploymentEntity, pageBuild, workflowJob, workflowRun } from "../entities.ts";
import {
  deploymentCreated,
  deploymentReviewRequested,
  deploymentStatusChanged,
  pageBuildFinished,
  workflowDispatched,
  workflowJobCompleted,
  workflowJobQueued,
  workflowJobStarted,
  workflowJobWaiting,
  workflowRunCompleted,
  workflowRunRequested,
  workflowRunStarted,
} from "../events/workflows.ts";
import type { Mapping } from "./mapping.ts";
import {
  branchOf,
  commitOf,
  gitRefOf,
  pullRequestOf,
  repositoryOf,
  reviewerOf,
  timeOf,
  workflowOf,
  type RepositoryPayload,
} from "./references.ts";
import { severityOfConclusion } from "./severity.ts";

export const mapWorkflowDispatch: Mapping<"workflow_dispatch"> = ({ workflow, ref, repository }) =>
  workflowDispatched({
    subject: workflowOf(workflow, repository),
    refs: { repository: repositoryOf(repository), ref: gitRefOf(ref, repository) },
  });

interface Run {
  readonly id: number;
  readonly run_number: number;
  readonly name?: string | null | undefined;
  readonly head_branch: string | null;
  readonly head_sha: string;
  readonly pull_requests: readonly ({ readonly number: number } | null)[];
}

const runOf = ({ id, name, run_number }: Run, fallback = "Run") =>
  workflowRun(id, `${name || fallback} #${run_number}`);

const runRefsOf = (run: Run, repository: RepositoryPayload) => ({
  repository: repositoryOf(repository),
  branch: run.head_branch === null ? null : branchOf(run.head_branch, repository),
  commit: commitOf(run.head_sha),
  pullRequests: run.pull_requests.flatMap((pull) => (pull ? [pullRequestOf(pull, repository)] : [])),
});

export const mapWorkflowRun: Mapping<"workflow_run"> = (payload) => {
  const { action, workflow_run: run, workflow, repository } = payload;
  const common = {
    subject: runOf(run, workflow.name),
    refs: { ...runRefsOf(run, repository), workflow: workflowOf(workflow.path, repository) },
    data: { url: run.html_url },
    occurredAt: timeOf(action === "requested" ? run.created_at : run.updated_at),
  };
  switch (action) {
    case "requested":
      return workflowRunRequested(common);
    case "in_progress":
      return workflowRunStarted(common);
    case "completed":
      return workflowRunCompleted({
        ...common,
        data: { ...common.data, conclusion: run.conclusion },
        severity: severityOfConclusion(run.conclusion),
      });
    default:
      return null;
  }
};

export const mapWorkflowJob: Mapping<"workflow_job"> = (payload) => {
  const { workflow_job: job, repository } = payload;
  const common = {
    subject: workflowJob(job.id, job.name),
    refs: {
      repository: repositoryOf(repository),
      run: workflowRun(job.run_id),
      branch: job.head_branch ? branchOf(job.head_branch, repository) : null,
      commit: commitOf(job.head_sha),
    },
    data: { url: job.html_url },
    occurredAt: timeOf(job.started_at),
  };
  switch (payload.action) {
    case "queued":
      return workflowJobQueued(common);
    case "waiting":
      return workflowJobWaiting(common);
    case "in_progress":
      return workflowJobStarted(common);
    case "completed":
      return workflowJobCompleted({
        ...common,
        data: { ...common.data, conclusion: job.conclusion },
        severity: severityOfConclusion(job.conclusion),
        occurredAt: timeOf(job.completed_at),
      });
    default:
      return null;
  }
};

interface Deployed {
  readonly id: number;
  readonly ref: string;
  readonly environment: string;
}

const deploymentOf = ({ id, ref, environment }: Deployed) => deploymentEntity(id, `${ref} to ${environment}`);

export const mapDeployment: Mapping<"deployment"> = ({ deployment, workflow_run: run, repository }) =>
  deploymentCreated({
    subject: deploymentOf(deployment),
    refs: {
      repository: repositoryOf(repository),
      commit: commitOf(deployment.sha),
      run: run ? runOf(run) : null,
    },
    occurredAt: timeOf(deployment.created_at),
  });

export const mapDeploymentStatus: Mapping<"deployment_status"> = (payload) => {
  const { deployment_status: status, deployment, workflow_run: run, repository } = payload;
  return deploymentStatusChanged({
    subject: deploymentOf(deployment),
    refs: {
      repository: repositoryOf(repository),
      commit: commitOf(deployment.sha),
      run: run ? runOf(run) : null,
    },
    data: { url: status.target_url || null, state: status.state },
    severity: status.state === "failure" || status.state === "error" ? "error" : "info",
    occurredAt: timeOf(status.created_at),
  });
};

export const mapDeploymentReview: Mapping<"deployment_review"> = (payload) => {
  if (payload.action !== "requested" || !payload.workflow_run) return null;
  const { workflow_run: run, repository } = payload;
  return deploymentReviewRequested({
    subject: runOf(run),
    refs: {
      ...runRefsOf(run, repository),
      workflow: workflowOf(run.path, repository),
      reviewers: payload.reviewers.flatMap(({ reviewer }) => (reviewer ? [reviewerOf(reviewer)] : [])),
    },
    data: { url: run.html_url, environment: payload.environment },
    occurredAt: timeOf(payload.since),
  });
};

export const mapPageBuild: Mapping<"page_build"> = ({ id, build, repository }) =>
  pageBuildFinished({
    subject: pageBuild(id, `pages of ${repository.full_name}`),
    refs: { repository: repositoryOf(repository), commit: commitOf(build.commit) },
    data: { status: build.status, error: build.error.message },
    severity: build.status === "errored" ? "error" : "info",
    occurredAt: timeOf(build.updated_at),
  });
