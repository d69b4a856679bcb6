export * from "./events/apps.ts";
export {
  checkRunActionRequested,
  checkRunCompleted,
  checkRunCreated,
  checkRunRerequested,
  checkSuiteCompleted,
  checkSuiteRequested,
  checkSuiteRerequested,
  commitStatusReported,
} from "./events/checks.ts";
export * from "./events/code.ts";
export * from "./events/discussions.ts";
export * from "./events/issues.ts";
export * from "./events/labelsAndMilestones.ts";
export * from "./events/people.ts";
export * from "./events/projects.ts";
export * from "./events/pullRequests.ts";
export * from "./events/releases.ts";
export * from "./events/repositories.ts";
export * from "./events/reviews.ts";
export * from "./events/security.ts";
export * from "./events/workflows.ts";
