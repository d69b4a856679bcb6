import {
  app,
  bot,
  branch,
  commit,
  discussion,
  discussionComment,
  issue,
  label,
  milestone,
  organization,
  pullRequest,
  repository,
  tag,
  team,
  user,
  workflow,
} from "../entities.ts";

// Structural types: GitHub describes one thing with more or fewer fields from payload to payload; only these are read.

interface Account {
  readonly id: number;
  readonly login: string;
  readonly type?: string | undefined;
}

export function personOf({ id, login, type }: Account) {
  if (type === "Bot") return bot(id, login);
  return type === "Organization" ? organization(id, login) : user(id, login);
}

/** For authors and the like, who are null when they deleted their accounts. */
export const maybePersonOf = (account: Account | null | undefined) => (account ? personOf(account) : null);

export const organizationOf = ({ id, login }: Account) => organization(id, login);

export const teamOf = ({ id, name }: { readonly id: number; readonly name: string }) => team(id, name);

/** Whom a review is asked of: a person, or a team, which has no login. */
export function reviewerOf(reviewer: Account | { readonly id: number; readonly name: string }) {
  return "login" in reviewer ? personOf(reviewer) : teamOf(reviewer);
}

export interface RepositoryPayload {
  readonly id: number;
  readonly full_name: string;
}

export const repositoryOf = ({ id, full_name }: RepositoryPayload) => repository(id, full_name);

interface Ticket {
  readonly number: number;
  readonly title?: string | undefined;
}

const numbered = (number: number, home: RepositoryPayload) => `${home.id}#${number}`;
const titled = ({ number, title }: Ticket) => (title === undefined ? `#${number}` : `#${number} “${title}”`);

/**
 * By repository and number, not by GitHub's id: a pull request has two of these, one in payloads that call it an issue
 * and one in those that do not, and would have two half timelines.
 */
export const pullRequestOf = (ticket: Ticket, home: RepositoryPayload) =>
  pullRequest(numbered(ticket.number, home), titled(ticket));

export function issueOf(ticket: Ticket & { readonly pull_request?: unknown }, home: RepositoryPayload) {
  if (ticket.pull_request) return pullRequestOf(ticket, home);
  return issue(numbered(ticket.number, home), titled(ticket));
}

/** Alerts, too, have a number within their repository and nothing else. */
export const alertId = (number: number, home: RepositoryPayload) => numbered(number, home);

export const discussionOf = ({ id, number, title }: Ticket & { readonly id: number }) =>
  discussion(id, titled({ number, title }));

export const answerOf = ({ id, body }: { readonly id: number; readonly body: string }) =>
  discussionComment(id, excerpt(body));

export const labelOf = ({ id, name }: { readonly id: number; readonly name: string }) => label(id, name);

export const milestoneOf = ({ id, title }: { readonly id: number; readonly title: string }) =>
  milestone(id, title);

export const appOf = ({ id, name }: { readonly id: number; readonly name: string }) => app(id, name);

export const commitOf = (sha: string) => commit(sha, sha.slice(0, 7));

export const branchOf = (name: string, home: RepositoryPayload) => branch(`${home.id}:${name}`, name);

export const tagOf = (name: string, home: RepositoryPayload) => tag(`${home.id}:${name}`, name);

/** `refs/heads/main` or `refs/tags/v1`. */
export function gitRefOf(ref: string, home: RepositoryPayload) {
  return ref.startsWith("refs/tags/")
    ? tagOf(ref.slice("refs/tags/".length), home)
    : branchOf(ref.replace("refs/heads/", ""), home);
}

/** By path, which is all that `workflow_dispatch` tells. */
export const workflowOf = (path: string, home: RepositoryPayload) =>
  workflow(`${home.id}:${path}`, path.replace(".github/workflows/", ""));

const EXCERPT = 80;

/** The first line of a text, short enough for a sentence; a text of no words has no label. */
export function excerpt(text: string | null): string | null {
  const line = (text ?? "").trim().split("\n", 1)[0]!.trim();
  if (line === "") return null;
  const characters = [...line];
  return characters.length <= EXCERPT ? line : `${characters.slice(0, EXCERPT - 1).join("")}…`;
}

/** Payloads write times as ISO text, and in some places as seconds. Undefined lets the database's clock say. */
export function timeOf(time: string | number | null | undefined): Date | undefined {
  if (time === null || time === undefined) return undefined;
  return new Date(typeof time === "number" ? time * 1_000 : time);
}
