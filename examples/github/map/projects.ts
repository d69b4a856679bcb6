import { project as projectEntity, projectCard, projectColumn, projectItem } from "../entities.ts";
import {
  projectCardCreated,
  projectCardDeleted,
  projectCardMoved,
  projectColumnCreated,
  projectColumnEdited,
  projectCreated,
  projectItemArchived,
  projectItemConverted,
  projectItemCreated,
  projectItemDeleted,
  projectItemEdited,
  projectItemReordered,
  projectItemRestored,
} from "../events/projects.ts";
import type { Mapping } from "./mapping.ts";
import { excerpt, maybePersonOf, repositoryOf, timeOf } from "./references.ts";

export const mapProject: Mapping<"project"> = ({ action, project, repository }) =>
  action === "created"
    ? projectCreated({
        subject: projectEntity(project.id, project.name),
        refs: { repository: repository ? repositoryOf(repository) : null },
        data: { url: project.html_url },
        occurredAt: timeOf(project.created_at),
      })
    : null;

export const mapProjectColumn: Mapping<"project_column"> = (payload) => {
  const { project_column: column, repository } = payload;
  const common = {
    subject: projectColumn(column.id, column.name),
    refs: {
      project: projectEntity(lastSegment(column.project_url)),
      repository: repository ? repositoryOf(repository) : null,
    },
    occurredAt: timeOf(column.updated_at),
  };
  if (payload.action === "created") return projectColumnCreated(common);
  if (payload.action !== "edited") return null;
  return projectColumnEdited({ ...common, data: { from: payload.changes.name?.from || null } });
};

export const mapProjectCard: Mapping<"project_card"> = (payload) => {
  const { project_card: card, repository } = payload;
  const refs = {
    column: projectColumn(card.column_id),
    project: projectEntity(lastSegment(card.project_url)),
    author: maybePersonOf(card.creator),
    repository: repository ? repositoryOf(repository) : null,
  };
  const common = {
    subject: projectCard(card.id, titleOf(card)),
    refs,
    occurredAt: timeOf(card.updated_at),
  };
  switch (payload.action) {
    case "created":
      return projectCardCreated(common);
    case "moved": {
      const from = payload.changes?.column_id?.from;
      return projectCardMoved({
        ...common,
        refs: { ...refs, from: from === undefined ? null : projectColumn(from) },
      });
    }
    case "deleted":
      return projectCardDeleted({ ...common, occurredAt: undefined });
    default:
      return null;
  }
};

/** These payloads give their project only as an API address that ends with its id. */
function lastSegment(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}

/** A card is a note of its own, or stands for an issue, of which it gives only the API address. */
function titleOf({ note, content_url: issue }: { note: string | null; content_url?: string }): string | null {
  if (note) return `“${excerpt(note)}”`;
  return issue === undefined ? null : `#${lastSegment(issue)}`;
}

const items = {
  created: projectItemCreated,
  edited: projectItemEdited,
  reordered: projectItemReordered,
  archived: projectItemArchived,
  restored: projectItemRestored,
  deleted: projectItemDeleted,
  converted: projectItemConverted,
};

const kinds: Readonly<Record<string, string>> = {
  DraftIssue: "draft issue",
  Issue: "issue",
  PullRequest: "pull request",
};

export const mapProjectItem: Mapping<"projects_v2_item"> = ({ action, projects_v2_item: item }) =>
  items[action]?.({
    // The payload holds no title, so the kind has to do.
    subject: projectItem(item.id, `${kinds[item.content_type] ?? "item"} ${item.id}`),
    refs: { project: projectEntity(item.project_node_id), author: maybePersonOf(item.creator) },
    occurredAt: timeOf(item.updated_at),
  }) ?? null;
