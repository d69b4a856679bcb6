import { z } from "zod";
import { defineEvent, optional, sentence } from "../../../src/index.ts";
import {
  codeScanningAlert,
  commit,
  dependabotAlert,
  people,
  repository,
  securityAdvisory,
  vulnerabilityAlert,
} from "../entities.ts";
import { page, toPage } from "./page.ts";

const codeRefs = { repository, commit: optional(commit) };

export const codeScanningAlertCreated = codeAlert("created", "raised", "", "shield-alert");
export const codeScanningAlertReopened = codeAlert("reopened", "reopened", "", "shield-alert");
export const codeScanningAlertFixed = codeAlert("fixed", "closed", " as fixed", "shield-check");

function codeAlert<const Verb extends string>(verb: Verb, words: string, ending: string, icon: string) {
  return defineEvent(`code_scanning_alert.${verb}`, {
    subject: codeScanningAlert,
    refs: codeRefs,
    data: page.extend({ rule: z.string(), tool: z.string() }),
    url: toPage,
    sentence: (e) =>
      sentence`${e.actor} ${words} code scanning alert ${e.subject} in ${e.refs.repository}${ending}`,
    icon,
  });
}

export const codeScanningAlertDismissed = defineEvent("code_scanning_alert.dismissed", {
  subject: codeScanningAlert,
  refs: codeRefs,
  data: page.extend({ rule: z.string(), tool: z.string(), reason: z.string().nullable() }),
  url: toPage,
  sentence: (e) =>
    sentence`${e.actor} dismissed code scanning alert ${e.subject} in ${e.refs.repository}${e.data.reason && `: ${e.data.reason}`}`,
  icon: "shield-x",
});

export const dependabotAlertCreated = dependabot("created", "raised", "", "shield-alert");
export const dependabotAlertReopened = dependabot("reopened", "reopened", "", "shield-alert");
export const dependabotAlertDismissed = dependabot("dismissed", "dismissed", "", "shield-x");
export const dependabotAlertFixed = dependabot("fixed", "closed", " as fixed", "shield-check");

function dependabot<const Verb extends string>(verb: Verb, words: string, ending: string, icon: string) {
  return defineEvent(`dependabot_alert.${verb}`, {
    subject: dependabotAlert,
    refs: { repository, advisory: securityAdvisory },
    data: page.extend({ package: z.string(), severity: z.string() }),
    url: toPage,
    sentence: (e) =>
      sentence`${e.actor} ${words} Dependabot alert ${e.subject} in ${e.refs.repository}${ending}`,
    icon,
  });
}

export const vulnerabilityAlertCreated = vulnerability("created", "raised", "shield-alert");
export const vulnerabilityAlertReopened = vulnerability("reopened", "reopened", "shield-alert");
export const vulnerabilityAlertDismissed = vulnerability("dismissed", "dismissed", "shield-x");
export const vulnerabilityAlertResolved = vulnerability("resolved", "resolved", "shield-check");

function vulnerability<const Verb extends string>(verb: Verb, words: string, icon: string) {
  return defineEvent(`vulnerability_alert.${verb}`, {
    subject: vulnerabilityAlert,
    refs: { repository, advisory: optional(securityAdvisory), dismisser: optional(...people) },
    data: z.object({ package: z.string(), affected: z.string(), fixedIn: z.string().nullable() }),
    sentence: (e) =>
      sentence`${e.actor} ${words} the vulnerability alert ${e.subject} about ${e.data.package} in ${e.refs.repository}`,
    icon,
  });
}

export const securityAdvisoryPublished = advisory("published", "published", "shield-alert");
export const securityAdvisoryUpdated = advisory("updated", "updated", "pencil");
export const securityAdvisoryWithdrawn = advisory("withdrawn", "withdrew", "shield-off");

function advisory<const Verb extends string>(verb: Verb, words: string, icon: string) {
  return defineEvent(`security_advisory.${verb}`, {
    subject: securityAdvisory,
    data: page.extend({ severity: z.string(), packages: z.array(z.string()) }),
    url: toPage,
    sentence: (e) => sentence`${e.actor} ${words} the security advisory ${e.subject}`,
    icon,
  });
}
