import { installation as installationEntity, marketplacePlan, webhook } from "../entities.ts";
import {
  installationCreated,
  installationDeleted,
  installationPermissionsAccepted,
  installationRepositoriesAdded,
  installationRepositoriesRemoved,
  installationSuspended,
  installationUnsuspended,
  planCancelled,
  planChanged,
  planPurchased,
  webhookDeleted,
  webhookPinged,
} from "../events/apps.ts";
import type { Mapping } from "./mapping.ts";
import { maybePersonOf, organizationOf, personOf, repositoryOf, timeOf } from "./references.ts";

const installations = {
  created: installationCreated,
  deleted: installationDeleted,
  suspend: installationSuspended,
  unsuspend: installationUnsuspended,
  new_permissions_accepted: installationPermissionsAccepted,
};

interface Installed {
  readonly id: number;
  readonly app_id: number;
  readonly app_slug?: string | undefined;
}

const installationOf = ({ id, app_id, app_slug }: Installed) =>
  installationEntity(id, app_slug ? `the app ${app_slug}` : `app ${app_id}`);

// An installation may hold thousands of repositories, an event 100 entities.
const REPOSITORIES = 80;

export const mapInstallation: Mapping<"installation"> = (payload) => {
  const { action, installation } = payload;
  return (
    installations[action]?.({
      subject: installationOf(installation),
      refs: {
        on: personOf(installation.account),
        repositories: (payload.repositories ?? []).slice(0, REPOSITORIES).map(repositoryOf),
        requester: maybePersonOf(payload.requester as Parameters<typeof maybePersonOf>[0]),
      },
      data: { url: installation.html_url },
      occurredAt:
        action === "created"
          ? timeOf(installation.created_at)
          : action === "suspend"
            ? timeOf(installation.suspended_at)
            : undefined,
    }) ?? null
  );
};

export const mapInstallationRepositories: Mapping<"installation_repositories"> = (payload) => {
  const { installation } = payload;
  const added = payload.action === "added";
  const changed = added ? installationRepositoriesAdded : installationRepositoriesRemoved;
  const repositories = added ? payload.repositories_added : payload.repositories_removed;
  return changed({
    subject: installationOf(installation),
    refs: {
      on: personOf(installation.account),
      repositories: repositories
        .slice(0, REPOSITORIES)
        .flatMap(({ id, full_name }) =>
          id !== undefined && full_name !== undefined ? [repositoryOf({ id, full_name })] : [],
        ),
      requester: maybePersonOf(payload.requester),
    },
    data: { url: installation.html_url },
  });
};

export const mapMarketplacePurchase: Mapping<"marketplace_purchase"> = (payload) => {
  const { marketplace_purchase: purchase, previous_marketplace_purchase: previous } = payload;
  const planOf = (plan: { readonly id: number; readonly name: string }) =>
    marketplacePlan(plan.id, plan.name);
  const common = {
    subject: planOf(purchase.plan),
    refs: { customer: personOf(purchase.account) },
    data: { units: purchase.unit_count, cycle: purchase.billing_cycle },
    occurredAt: timeOf(payload.effective_date),
  };
  switch (payload.action) {
    case "purchased":
      return planPurchased(common);
    case "cancelled":
      return planCancelled(common);
    case "changed":
      return planChanged({
        ...common,
        refs: { ...common.refs, previous: previous ? planOf(previous.plan) : null },
        data: { ...common.data, previousUnits: previous?.unit_count ?? null },
      });
    default:
      return null;
  }
};

export const mapMeta: Mapping<"meta"> = ({ hook_id, repository }) =>
  webhookDeleted({
    subject: webhook(hook_id, "the webhook"),
    refs: homeOf(repository, undefined),
  });

export const mapPing: Mapping<"ping"> = ({ hook_id, hook, zen, repository, organization }) =>
  webhookPinged({
    subject: webhook(hook_id, "the webhook"),
    refs: homeOf(repository, organization),
    data: { zen },
    occurredAt: timeOf(hook?.updated_at),
  });

const homeOf = (
  repository: Parameters<typeof repositoryOf>[0] | undefined,
  organization: Parameters<typeof organizationOf>[0] | undefined,
) => ({
  repository: repository ? repositoryOf(repository) : null,
  organization: organization ? organizationOf(organization) : null,
});
