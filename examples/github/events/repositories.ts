import { z } from "zod";
import { defineEvent, oneOf, sentence } from "../../../src/index.ts";
import { people, repository } from "../entities.ts";
import { page, toPage } from "./page.ts";

export const repositoryCreated = repositoryEvent("created", "created the repository", "", "book-plus");
export const repositoryDeleted = repositoryEvent("deleted", "deleted the repository", "", "trash-2");
export const repositoryArchived = repositoryEvent("archived", "archived", "", "archive");
export const repositoryUnarchived = repositoryEvent("unarchived", "unarchived", "", "archive-restore");
/** GitHub tells this twice, as `public` and as `repository.publicized`: subscribe the webhook to one of them. */
export const repositoryMadePublic = repositoryEvent("made_public", "made", " public", "globe");
export const repositoryMadePrivate = repositoryEvent("made_private", "made", " private", "lock");
export const repositoryStarred = repositoryEvent("starred", "starred", "", "star");
export const repositoryUnstarred = repositoryEvent("unstarred", "unstarred", "", "star-off");
/** GitHub's older name for starring; it comes beside `repository.starred`. */
export const repositoryWatched = repositoryEvent("watched", "began to watch", "", "eye");

function repositoryEvent<const Verb extends string>(verb: Verb, words: string, ending: string, icon: string) {
  return defineEvent(`repository.${verb}`, {
    subject: repository,
    data: page,
    url: toPage,
    sentence: (e) => sentence`${e.actor} ${words} ${e.subject}${ending}`,
    icon,
  });
}

export const repositoryEdited = defineEvent("repository.edited", {
  subject: repository,
  data: page.extend({ changed: z.array(z.string()) }),
  url: toPage,
  sentence: (e) =>
    sentence`${e.actor} changed the ${e.data.changed.join(" and ").replaceAll("_", " ") || "settings"} of ${e.subject}`,
  icon: "pencil",
});

export const repositoryRenamed = defineEvent("repository.renamed", {
  subject: repository,
  data: page.extend({ from: z.string() }),
  url: toPage,
  sentence: (e) => sentence`${e.actor} renamed ${e.data.from} to ${e.subject}`,
  icon: "pencil",
});

export const repositoryTransferred = defineEvent("repository.transferred", {
  subject: repository,
  refs: { from: oneOf(...people), to: oneOf(...people) },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} transferred ${e.subject} from ${e.refs.from} to ${e.refs.to}`,
  icon: "arrow-right-left",
});

export const repositoryForked = defineEvent("repository.forked", {
  subject: repository,
  refs: { fork: repository },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} forked ${e.subject} to ${e.refs.fork}`,
  icon: "git-fork",
});

export const repositoryImported = defineEvent("repository.imported", {
  subject: repository,
  data: page.extend({ status: z.enum(["success", "cancelled", "failure"]) }),
  url: toPage,
  sentence: (e) => {
    const words = { success: "imported", cancelled: "cancelled the import of", failure: "could not import" };
    return sentence`${e.actor} ${words[e.data.status]} ${e.subject}`;
  },
  icon: "import",
});

export const repositoryDispatched = defineEvent("repository.dispatched", {
  subject: repository,
  data: page.extend({ event: z.string() }),
  url: toPage,
  sentence: (e) => sentence`${e.actor} sent the event “${e.data.event}” to ${e.subject}`,
  icon: "send",
  description: "Something outside asked the repository's workflows to run, by an event type of its own.",
});
