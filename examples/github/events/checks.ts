import { z } from "zod";
import { defineEvent, many, optional, sentence } from "../../../src/index.ts";
import { app, branch, checkRun, checkSuite, commit, pullRequest, repository } from "../entities.ts";
import { maybePage, page, toPage } from "./page.ts";

/** How GitHub says that automatic work ended; null where a payload leaves it open. */
export const conclusion = z
  .enum([
    "success",
    "failure",
    "neutral",
    "cancelled",
    "timed_out",
    "action_required",
    "stale",
    "skipped",
    "startup_failure",
  ])
  .nullable();
export type Conclusion = z.infer<typeof conclusion>;

/** `The check … failed`. */
export function ended(how: Conclusion): string {
  switch (how) {
    case "success":
      return "succeeded";
    case "failure":
    case "startup_failure":
      return "failed";
    case "timed_out":
      return "timed out";
    case "action_required":
      return "needs somebody to act";
    case "cancelled":
      return "was cancelled";
    case "skipped":
      return "was skipped";
    case "stale":
      return "went stale";
    case "neutral":
    case null:
      return "finished";
  }
}

const refs = {
  repository,
  app: optional(app),
  branch: optional(branch),
  commit,
  pullRequests: many(pullRequest),
};

export const checkRunCreated = defineEvent("check_run.created", {
  subject: checkRun,
  refs,
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} started the check ${e.subject} on ${e.refs.commit}`,
});

export const checkRunCompleted = defineEvent("check_run.completed", {
  subject: checkRun,
  refs,
  data: page.extend({ conclusion }),
  url: toPage,
  sentence: (e) =>
    sentence`The check ${e.subject} ${ended(e.data.conclusion)} on ${e.refs.commit}, started by ${e.actor}`,
});

export const checkRunRerequested = defineEvent("check_run.rerequested", {
  subject: checkRun,
  refs,
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} asked to run the check ${e.subject} on ${e.refs.commit} again`,
  icon: "rotate-cw",
});

export const checkRunActionRequested = defineEvent("check_run.action_requested", {
  subject: checkRun,
  refs,
  data: page.extend({ action: z.string() }),
  url: toPage,
  sentence: (e) =>
    sentence`${e.actor} chose “${e.data.action}” on the check ${e.subject} of ${e.refs.commit}`,
  icon: "mouse-pointer-click",
});

export const checkSuiteRequested = defineEvent("check_suite.requested", {
  subject: checkSuite,
  refs,
  sentence: (e) => sentence`${e.actor} requested the checks by ${e.subject} on ${e.refs.commit}`,
});

export const checkSuiteRerequested = defineEvent("check_suite.rerequested", {
  subject: checkSuite,
  refs,
  sentence: (e) => sentence`${e.actor} asked to run the checks by ${e.subject} on ${e.refs.commit} again`,
  icon: "rotate-cw",
});

export const checkSuiteCompleted = defineEvent("check_suite.completed", {
  subject: checkSuite,
  refs,
  data: z.object({ conclusion }),
  sentence: (e) =>
    sentence`The checks by ${e.subject} ${ended(e.data.conclusion)} on ${e.refs.commit}, started by ${e.actor}`,
});

export const commitStatusReported = defineEvent("commit.status_reported", {
  subject: commit,
  refs: { repository, branches: many(branch) },
  data: maybePage.extend({ context: z.string(), state: z.enum(["success", "failure", "error", "pending"]) }),
  url: toPage,
  sentence: (e) => {
    const words = { success: "succeeded", failure: "failed", error: "broke", pending: "is pending" };
    return sentence`${e.actor} reported that “${e.data.context}” ${words[e.data.state]} for commit ${e.subject}`;
  },
  icon: "traffic-cone",
});
