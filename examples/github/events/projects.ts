import { z } from "zod";
import { defineEvent, optional, sentence } from "../../../src/index.ts";
import { people, project, projectCard, projectColumn, projectItem, repository } from "../entities.ts";
import { page, toPage } from "./page.ts";

export const projectCreated = defineEvent("project.created", {
  subject: project,
  refs: { repository: optional(repository) },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} created the project ${e.subject}`,
  icon: "square-kanban",
});

export const projectColumnCreated = defineEvent("project_column.created", {
  subject: projectColumn,
  refs: { project, repository: optional(repository) },
  sentence: (e) => sentence`${e.actor} added the column ${e.subject} to a project`,
  icon: "columns-3",
});

export const projectColumnEdited = defineEvent("project_column.edited", {
  subject: projectColumn,
  refs: { project, repository: optional(repository) },
  data: z.object({ from: z.string().nullable() }),
  sentence: (e) =>
    e.data.from
      ? sentence`${e.actor} renamed the column “${e.data.from}” to ${e.subject}`
      : sentence`${e.actor} edited the column ${e.subject}`,
  icon: "pencil",
});

const cardRefs = {
  column: projectColumn,
  project,
  author: optional(...people),
  repository: optional(repository),
};

export const projectCardCreated = defineEvent("project_card.created", {
  subject: projectCard,
  refs: cardRefs,
  sentence: (e) => sentence`${e.actor} added the card ${e.subject} to a project`,
  icon: "plus",
});

export const projectCardMoved = defineEvent("project_card.moved", {
  subject: projectCard,
  refs: { ...cardRefs, from: optional(projectColumn) },
  sentence: (e) =>
    sentence`${e.actor} moved the card ${e.subject} ${e.refs.from ? "to another column" : "within its column"}`,
  icon: "arrow-right",
});

export const projectCardDeleted = defineEvent("project_card.deleted", {
  subject: projectCard,
  refs: cardRefs,
  sentence: (e) => sentence`${e.actor} deleted the card ${e.subject} from a project`,
  icon: "trash-2",
});

export const projectItemCreated = itemEvent("created", "added", " to a project", "plus");
export const projectItemEdited = itemEvent("edited", "edited", " in a project", "pencil");
export const projectItemReordered = itemEvent("reordered", "reordered", " in a project", "arrow-up-down");
export const projectItemArchived = itemEvent("archived", "archived", " in a project", "archive");
export const projectItemRestored = itemEvent("restored", "restored", " in a project", "archive-restore");
export const projectItemDeleted = itemEvent("deleted", "deleted", " from a project", "trash-2");
export const projectItemConverted = itemEvent("converted", "turned a draft into", " in a project", "replace");

function itemEvent<const Verb extends string>(verb: Verb, words: string, ending: string, icon: string) {
  return defineEvent(`project_item.${verb}`, {
    subject: projectItem,
    refs: { project, author: optional(...people) },
    sentence: (e) => sentence`${e.actor} ${words} ${e.subject}${ending}`,
    icon,
  });
}
