import { sponsorship as sponsorshipEntity, user } from "../entities.ts";
import {
  appAuthorizationRevoked,
  collaboratorAdded,
  collaboratorPermissionChanged,
  collaboratorRemoved,
  organizationMemberAdded,
  organizationMemberInvited,
  organizationMemberRemoved,
  organizationRenamed,
  organizationUserBlocked,
  organizationUserUnblocked,
  sponsorshipCreated,
  sponsorshipTierChangeScheduled,
  teamAddedToRepository,
  teamCreated,
  teamDeleted,
  teamEdited,
  teamMemberAdded,
  teamMemberRemoved,
  teamRemovedFromRepository,
} from "../events/people.ts";
import type { Mapping } from "./mapping.ts";
import { organizationOf, personOf, repositoryOf, teamOf, timeOf } from "./references.ts";

export const mapMember: Mapping<"member"> = (payload) => {
  const common = {
    subject: personOf(payload.member),
    refs: { repository: repositoryOf(payload.repository) },
  };
  switch (payload.action) {
    case "added":
      return collaboratorAdded(common);
    case "edited": {
      const from = payload.changes.old_permission?.from;
      return from === undefined ? null : collaboratorPermissionChanged({ ...common, data: { from } });
    }
    case "removed":
      return collaboratorRemoved(common);
    default:
      return null;
  }
};

export const mapMembership: Mapping<"membership"> = ({ action, member, team, organization }) => {
  if (!member) return null;
  const changed = action === "added" ? teamMemberAdded : teamMemberRemoved;
  return changed({
    subject: teamOf(team),
    refs: { organization: organizationOf(organization), member: personOf(member) },
    // A team that is already deleted has no page any more.
    data: { url: "html_url" in team ? team.html_url : null },
  });
};

export const mapOrganization: Mapping<"organization"> = (payload) => {
  const subject = organizationOf(payload.organization);
  switch (payload.action) {
    case "member_added": {
      const { user: member, role } = payload.membership;
      return organizationMemberAdded({ subject, refs: { member: personOf(member) }, data: { role } });
    }
    case "member_invited":
      return organizationMemberInvited({
        subject,
        refs: { member: personOf(payload.user) },
        occurredAt: timeOf(payload.invitation.created_at),
      });
    case "member_removed":
      return organizationMemberRemoved({ subject, refs: { member: personOf(payload.membership.user) } });
    case "renamed": {
      const from = payload.changes?.login?.from;
      return from === undefined ? null : organizationRenamed({ subject, data: { from } });
    }
    default:
      return null;
  }
};

export const mapOrgBlock: Mapping<"org_block"> = ({ action, blocked_user, organization }) => {
  if (!blocked_user) return null;
  const changed = action === "blocked" ? organizationUserBlocked : organizationUserUnblocked;
  return changed({ subject: organizationOf(organization), refs: { blocked: personOf(blocked_user) } });
};

export const mapTeam: Mapping<"team"> = ({ action, team, organization, repository }) => {
  const refs = { organization: organizationOf(organization) };
  const common = { subject: teamOf(team), refs, data: { url: team.html_url } };
  switch (action) {
    case "created":
      return teamCreated(common);
    case "edited":
      return teamEdited(common);
    case "deleted":
      return teamDeleted(common);
    case "added_to_repository":
      if (!repository) return null;
      return teamAddedToRepository({
        ...common,
        refs: { ...refs, repository: repositoryOf(repository) },
        data: { ...common.data, permission: team.permission },
      });
    case "removed_from_repository":
      if (!repository) return null;
      return teamRemovedFromRepository({
        ...common,
        refs: { ...refs, repository: repositoryOf(repository) },
      });
    default:
      return null;
  }
};

export const mapTeamAdd: Mapping<"team_add"> = ({ team, organization, repository }) =>
  teamAddedToRepository({
    subject: teamOf(team),
    refs: { organization: organizationOf(organization), repository: repositoryOf(repository) },
    data: { url: team.html_url, permission: team.permission },
  });

export const mapAppAuthorization: Mapping<"github_app_authorization"> = ({ sender }) =>
  appAuthorizationRevoked({ subject: user(sender.id, sender.login) });

export const mapSponsorship: Mapping<"sponsorship"> = (payload) => {
  const { sponsorship } = payload;
  const { sponsor, sponsorable, tier } = sponsorship;
  if (!sponsor || !sponsorable) return null;
  const common = {
    subject: sponsorshipEntity(sponsorship.node_id, tier.name),
    refs: { sponsor: personOf(sponsor), sponsored: personOf(sponsorable) },
  };
  switch (payload.action) {
    case "created":
      return sponsorshipCreated({
        ...common,
        data: { monthlyCents: tier.monthly_price_in_cents },
        occurredAt: timeOf(sponsorship.created_at),
      });
    case "pending_tier_change":
      return sponsorshipTierChangeScheduled({
        ...common,
        data: {
          from: payload.changes.tier.from.name,
          effective: (payload.effective_date ?? "the next bill").slice(0, 10),
        },
      });
    default:
      return null;
  }
};
