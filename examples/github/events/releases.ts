import { z } from "zod";
import { defineEvent, optional, sentence } from "../../../src/index.ts";
import { gitHubPackage, people, release, repository, tag } from "../entities.ts";
import { page, toPage } from "./page.ts";

export const releaseCreated = releaseEvent("created", "created release", "rocket");
export const releasePublished = releaseEvent("published", "published release", "rocket");
export const releaseReleased = releaseEvent("released", "released", "rocket");
export const releasePrereleased = releaseEvent("prereleased", "pre-released", "flask-conical");
export const releaseEdited = releaseEvent("edited", "edited release", "pencil");
export const releaseUnpublished = releaseEvent("unpublished", "unpublished release", "undo-2");
export const releaseDeleted = releaseEvent("deleted", "deleted release", "trash-2");

function releaseEvent<const Verb extends string>(verb: Verb, words: string, icon: string) {
  return defineEvent(`release.${verb}`, {
    subject: release,
    refs: { repository, tag, author: optional(...people) },
    data: page,
    url: toPage,
    sentence: (e) => sentence`${e.actor} ${words} ${e.subject} of ${e.refs.repository}`,
    icon,
  });
}

export const packagePublished = defineEvent("package.published", {
  subject: gitHubPackage,
  refs: { repository, release: optional(release), owner: optional(...people) },
  data: page.extend({ version: z.string(), kind: z.string() }),
  url: toPage,
  sentence: (e) => sentence`${e.actor} published version ${e.data.version} of the package ${e.subject}`,
  icon: "package",
});
