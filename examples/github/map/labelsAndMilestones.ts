import {
  labelCreated,
  labelDeleted,
  labelEdited,
  milestoneClosed,
  milestoneCreated,
  milestoneDeleted,
  milestoneEdited,
  milestoneOpened,
} from "../events/labelsAndMilestones.ts";
import type { Mapping } from "./mapping.ts";
import { labelOf, milestoneOf, repositoryOf, timeOf } from "./references.ts";

const labels = { created: labelCreated, edited: labelEdited, deleted: labelDeleted };

export const mapLabel: Mapping<"label"> = ({ action, label, repository }) =>
  labels[action]?.({ subject: labelOf(label), refs: { repository: repositoryOf(repository) } }) ?? null;

const milestones = {
  created: milestoneCreated,
  opened: milestoneOpened,
  edited: milestoneEdited,
  closed: milestoneClosed,
  deleted: milestoneDeleted,
};

export const mapMilestone: Mapping<"milestone"> = ({ action, milestone, repository }) =>
  milestones[action]?.({
    subject: milestoneOf(milestone),
    refs: { repository: repositoryOf(repository) },
    data: { url: milestone.html_url },
    occurredAt: timeOf(milestone.updated_at),
  }) ?? null;
