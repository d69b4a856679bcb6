import { z } from "zod";
import { defineEvent, many, optional, sentence } from "../../../src/index.ts";
import {
  branch,
  commit,
  deployment,
  pageBuild,
  people,
  pullRequest,
  repository,
  tag,
  team,
  workflow,
  workflowJob,
  workflowRun,
} from "../entities.ts";
import { conclusion, ended } from "./checks.ts";
import { maybePage, page, toPage } from "./page.ts";

export const workflowDispatched = defineEvent("workflow.dispatched", {
  subject: workflow,
  refs: { repository, ref: optional(branch, tag) },
  sentence: (e) => sentence`${e.actor} started the workflow ${e.subject} on ${e.refs.ref}`,
  icon: "play",
});

const runRefs = { repository, workflow, branch: optional(branch), commit, pullRequests: many(pullRequest) };

export const workflowRunRequested = defineEvent("workflow_run.requested", {
  subject: workflowRun,
  refs: runRefs,
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} triggered ${e.subject} in ${e.refs.repository}`,
});

export const workflowRunStarted = defineEvent("workflow_run.started", {
  subject: workflowRun,
  refs: runRefs,
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.subject} in ${e.refs.repository} began, triggered by ${e.actor}`,
});

export const workflowRunCompleted = defineEvent("workflow_run.completed", {
  subject: workflowRun,
  refs: runRefs,
  data: page.extend({ conclusion }),
  url: toPage,
  sentence: (e) =>
    sentence`${e.subject} in ${e.refs.repository} ${ended(e.data.conclusion)}, triggered by ${e.actor}`,
});

const jobRefs = { repository, run: workflowRun, branch: optional(branch), commit };

export const workflowJobQueued = jobEvent("queued", "was queued");
export const workflowJobWaiting = jobEvent("held", "waits for approval");
export const workflowJobStarted = jobEvent("started", "began");

function jobEvent<const Verb extends string>(verb: Verb, words: string) {
  return defineEvent(`workflow_job.${verb}`, {
    subject: workflowJob,
    refs: jobRefs,
    data: page,
    url: toPage,
    sentence: (e) => sentence`The job ${e.subject} ${words} in ${e.refs.repository}, triggered by ${e.actor}`,
  });
}

export const workflowJobCompleted = defineEvent("workflow_job.completed", {
  subject: workflowJob,
  refs: jobRefs,
  data: page.extend({ conclusion }),
  url: toPage,
  sentence: (e) =>
    sentence`The job ${e.subject} ${ended(e.data.conclusion)} in ${e.refs.repository}, triggered by ${e.actor}`,
});

export const deploymentCreated = defineEvent("deployment.created", {
  subject: deployment,
  refs: { repository, commit, run: optional(workflowRun) },
  sentence: (e) => sentence`${e.actor} began to deploy ${e.subject} in ${e.refs.repository}`,
});

export const deploymentStatusChanged = defineEvent("deployment.status_changed", {
  subject: deployment,
  refs: { repository, commit, run: optional(workflowRun) },
  data: maybePage.extend({
    state: z.enum(["success", "failure", "error", "pending", "in_progress", "queued", "waiting", "inactive"]),
  }),
  url: toPage,
  sentence: (e) => {
    const words = {
      success: "deployed",
      failure: "failed to deploy",
      error: "failed to deploy",
      pending: "is about to deploy",
      in_progress: "is deploying",
      queued: "queued the deployment of",
      waiting: "waits to deploy",
      inactive: "retired the deployment of",
    };
    return sentence`${e.actor} ${words[e.data.state]} ${e.subject} in ${e.refs.repository}`;
  },
});

export const deploymentReviewRequested = defineEvent("workflow_run.deployment_review_requested", {
  subject: workflowRun,
  refs: { ...runRefs, workflow: optional(workflow), reviewers: many(...people, team) },
  data: page.extend({ environment: z.string() }),
  url: toPage,
  sentence: (e) =>
    sentence`${e.actor} asked ${e.refs.reviewers} to approve the deployment of ${e.subject} to ${e.data.environment}`,
  icon: "eye",
});

export const pageBuildFinished = defineEvent("page_build.finished", {
  subject: pageBuild,
  refs: { repository, commit },
  data: z.object({ status: z.string(), error: z.string().nullable() }),
  sentence: (e) =>
    e.data.status === "errored"
      ? sentence`${e.actor} could not build the ${e.subject}: ${e.data.error}`
      : sentence`${e.actor} built the ${e.subject}`,
});
