import { codeScanningAlert, dependabotAlert, securityAdvisory, vulnerabilityAlert } from "../entities.ts";
import {
  codeScanningAlertCreated,
  codeScanningAlertDismissed,
  codeScanningAlertFixed,
  codeScanningAlertReopened,
  dependabotAlertCreated,
  dependabotAlertDismissed,
  dependabotAlertFixed,
  dependabotAlertReopened,
  securityAdvisoryPublished,
  securityAdvisoryUpdated,
  securityAdvisoryWithdrawn,
  vulnerabilityAlertCreated,
  vulnerabilityAlertDismissed,
  vulnerabilityAlertReopened,
  vulnerabilityAlertResolved,
} from "../events/security.ts";
import type { Mapping } from "./mapping.ts";
import { alertId, commitOf, excerpt, maybePersonOf, repositoryOf, timeOf } from "./references.ts";
import { severityOfWeakness } from "./severity.ts";

export const mapCodeScanningAlert: Mapping<"code_scanning_alert"> = (payload) => {
  const { action, alert, repository, commit_oid: commit } = payload;
  const open = action !== "closed_by_user" && action !== "fixed";
  const data = { url: alert.html_url, rule: alert.rule.id, tool: alert.tool.name };
  const common = {
    subject: codeScanningAlert(
      alertId(alert.number, repository),
      `#${alert.number} “${excerpt(alert.rule.description)}”`,
    ),
    refs: { repository: repositoryOf(repository), commit: commit ? commitOf(commit) : null },
    data,
    severity: severityOfWeakness(alert.rule.severity, open),
  };
  switch (action) {
    case "created":
      return codeScanningAlertCreated({ ...common, occurredAt: timeOf(alert.created_at) });
    case "reopened":
    case "reopened_by_user":
      return codeScanningAlertReopened(common);
    case "fixed":
      return codeScanningAlertFixed(common);
    case "closed_by_user":
      return codeScanningAlertDismissed({
        ...common,
        data: { ...data, reason: alert.dismissed_reason },
        occurredAt: timeOf(alert.dismissed_at),
      });
    default:
      return null;
  }
};

const dependabot = {
  created: dependabotAlertCreated,
  reopened: dependabotAlertReopened,
  reintroduced: dependabotAlertReopened,
  dismissed: dependabotAlertDismissed,
  fixed: dependabotAlertFixed,
};

export const mapDependabotAlert: Mapping<"dependabot_alert"> = ({ action, alert, repository }) => {
  const { name } = alert.dependency.package;
  const { ghsa_id, summary, severity } = alert.security_advisory;
  const open = action !== "fixed" && action !== "dismissed";
  return (
    dependabot[action]?.({
      subject: dependabotAlert(alertId(alert.number, repository), `#${alert.number} about ${name}`),
      refs: { repository: repositoryOf(repository), advisory: advisoryOf(ghsa_id, summary) },
      data: { url: alert.html_url, package: name, severity },
      severity: severityOfWeakness(severity, open),
      occurredAt: timeOf(action === "created" ? alert.created_at : alert.updated_at),
    }) ?? null
  );
};

const vulnerability = {
  create: vulnerabilityAlertCreated,
  dismiss: vulnerabilityAlertDismissed,
  resolve: vulnerabilityAlertResolved,
  reopen: vulnerabilityAlertReopened,
};

export const mapVulnerabilityAlert: Mapping<"repository_vulnerability_alert"> = (payload) => {
  const { action, alert, repository } = payload;
  return (
    vulnerability[action]?.({
      subject: vulnerabilityAlert(alert.id, alert.external_identifier),
      refs: {
        repository: repositoryOf(repository),
        advisory: advisoryOf(alert.ghsa_id),
        dismisser: "dismisser" in alert ? maybePersonOf(alert.dismisser) : null,
      },
      data: {
        package: alert.affected_package_name,
        affected: alert.affected_range,
        fixedIn: alert.fixed_in ?? null,
      },
      severity: severityOfWeakness(alert.severity, action === "create" || action === "reopen"),
      occurredAt:
        action === "create"
          ? timeOf(alert.created_at)
          : timeOf("dismissed_at" in alert ? alert.dismissed_at : undefined),
    }) ?? null
  );
};

const advisories = {
  published: securityAdvisoryPublished,
  updated: securityAdvisoryUpdated,
  withdrawn: securityAdvisoryWithdrawn,
};

/** Advisories are news from GitHub to everybody: they have no sender, no repository and no organisation. */
export const mapSecurityAdvisory: Mapping<"security_advisory"> = ({
  action,
  security_advisory: advisory,
}) => {
  const { ghsa_id, summary, severity, vulnerabilities } = advisory;
  return (
    advisories[action as keyof typeof advisories]?.({
      subject: advisoryOf(ghsa_id, summary),
      data: {
        url: `https://github.com/advisories/${ghsa_id}`,
        severity,
        packages: [...new Set(vulnerabilities.map((weakness) => weakness.package.name))],
      },
      severity: severityOfWeakness(severity, action !== "withdrawn"),
      occurredAt: timeOf(action === "published" ? advisory.published_at : advisory.updated_at),
    }) ?? null
  );
};

const advisoryOf = (id: string, summary?: string) =>
  securityAdvisory(id, summary === undefined ? id : `${id}: ${excerpt(summary)}`);
