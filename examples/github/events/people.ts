import { z } from "zod";
import { defineEvent, oneOf, sentence } from "../../../src/index.ts";
import { organization, people, repository, sponsorship, team, user } from "../entities.ts";
import { maybePage, page, toPage } from "./page.ts";

const person = oneOf(...people);

export const collaboratorAdded = defineEvent("collaborator.added", {
  subject: person,
  refs: { repository },
  sentence: (e) =>
    e.actor.id === e.subject.id
      ? sentence`${e.actor} joined ${e.refs.repository}`
      : sentence`${e.actor} added ${e.subject} to ${e.refs.repository}`,
  icon: "user-plus",
});

export const collaboratorPermissionChanged = defineEvent("collaborator.permission_changed", {
  subject: person,
  refs: { repository },
  data: z.object({ from: z.string() }),
  sentence: (e) =>
    sentence`${e.actor} changed the permission of ${e.subject} in ${e.refs.repository}, which was ${e.data.from}`,
  icon: "user-cog",
});

export const collaboratorRemoved = defineEvent("collaborator.removed", {
  subject: person,
  refs: { repository },
  sentence: (e) => sentence`${e.actor} removed ${e.subject} from ${e.refs.repository}`,
  icon: "user-minus",
});

export const organizationMemberAdded = defineEvent("organization.member_added", {
  subject: organization,
  refs: { member: person },
  data: z.object({ role: z.string() }),
  sentence: (e) => sentence`${e.actor} added ${e.refs.member} to ${e.subject} as ${e.data.role}`,
  icon: "user-plus",
});

export const organizationMemberInvited = defineEvent("organization.member_invited", {
  subject: organization,
  refs: { member: person },
  sentence: (e) => sentence`${e.actor} invited ${e.refs.member} to ${e.subject}`,
  icon: "mail",
});

export const organizationMemberRemoved = defineEvent("organization.member_removed", {
  subject: organization,
  refs: { member: person },
  sentence: (e) => sentence`${e.actor} removed ${e.refs.member} from ${e.subject}`,
  icon: "user-minus",
});

export const organizationRenamed = defineEvent("organization.renamed", {
  subject: organization,
  data: z.object({ from: z.string() }),
  sentence: (e) => sentence`${e.actor} renamed the organization ${e.data.from} to ${e.subject}`,
  icon: "pencil",
});

export const organizationUserBlocked = defineEvent("organization.user_blocked", {
  subject: organization,
  refs: { blocked: person },
  sentence: (e) => sentence`${e.actor} blocked ${e.refs.blocked} from ${e.subject}`,
  icon: "ban",
});

export const organizationUserUnblocked = defineEvent("organization.user_unblocked", {
  subject: organization,
  refs: { blocked: person },
  sentence: (e) => sentence`${e.actor} unblocked ${e.refs.blocked} in ${e.subject}`,
  icon: "user-check",
});

export const teamCreated = teamEvent("created", "created", "users");
export const teamEdited = teamEvent("edited", "edited", "pencil");
export const teamDeleted = teamEvent("deleted", "deleted", "trash-2");

function teamEvent<const Verb extends string>(verb: Verb, words: string, icon: string) {
  return defineEvent(`team.${verb}`, {
    subject: team,
    refs: { organization },
    data: page,
    url: toPage,
    sentence: (e) => sentence`${e.actor} ${words} the team ${e.subject} of ${e.refs.organization}`,
    icon,
  });
}

export const teamAddedToRepository = defineEvent("team.added_to_repository", {
  subject: team,
  refs: { organization, repository },
  data: page.extend({ permission: z.string() }),
  url: toPage,
  sentence: (e) =>
    sentence`${e.actor} gave the team ${e.subject} ${e.data.permission} access to ${e.refs.repository}`,
  icon: "users",
});

export const teamRemovedFromRepository = defineEvent("team.removed_from_repository", {
  subject: team,
  refs: { organization, repository },
  data: page,
  url: toPage,
  sentence: (e) => sentence`${e.actor} removed the team ${e.subject} from ${e.refs.repository}`,
  icon: "user-minus",
});

export const teamMemberAdded = defineEvent("team.member_added", {
  subject: team,
  refs: { organization, member: person },
  data: maybePage,
  url: toPage,
  sentence: (e) => sentence`${e.actor} added ${e.refs.member} to the team ${e.subject}`,
  icon: "user-plus",
});

export const teamMemberRemoved = defineEvent("team.member_removed", {
  subject: team,
  refs: { organization, member: person },
  data: maybePage,
  url: toPage,
  sentence: (e) => sentence`${e.actor} removed ${e.refs.member} from the team ${e.subject}`,
  icon: "user-minus",
});

export const appAuthorizationRevoked = defineEvent("user.app_authorization_revoked", {
  subject: user,
  sentence: (e) => sentence`${e.actor} revoked the authorization of the app`,
  icon: "unplug",
});

export const sponsorshipCreated = defineEvent("sponsorship.created", {
  subject: sponsorship,
  refs: { sponsor: person, sponsored: person },
  data: z.object({ monthlyCents: z.int() }),
  sentence: (e) => sentence`${e.actor} began to sponsor ${e.refs.sponsored} with ${e.subject}`,
  icon: "heart",
});

export const sponsorshipTierChangeScheduled = defineEvent("sponsorship.tier_change_scheduled", {
  subject: sponsorship,
  refs: { sponsor: person, sponsored: person },
  data: z.object({ from: z.string(), effective: z.string() }),
  sentence: (e) =>
    sentence`${e.actor} will sponsor ${e.refs.sponsored} with ${e.subject} instead of ${e.data.from} from ${e.data.effective}`,
  icon: "heart",
});
