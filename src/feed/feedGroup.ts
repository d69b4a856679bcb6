import type { EntityRef } from "../events/entity.ts";
import type { Language } from "../events/language.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { sayFirst, wordings } from "../events/wordings.ts";
import { feedEntity, feedItem, showSentence, withPresentLabels } from "./feedItem.ts";
import type { FeedEntity, FeedItem, FeedSentencePart } from "./feedItem.ts";
import { distinct, groupSentence } from "./groupSentence.ts";
import type { PresentEntities } from "./feedItem.ts";

/** Events of a feed that are one line: "Ann moved Fix the login, Write the docs and 2 others to Done". */
export interface FeedGroup {
  /** The id of its oldest event: it stays as newer ones join the group. */
  readonly id: string;
  /** What its events have in common. The same in every group of the kind, on every page; null for a line of its own. */
  readonly key: string | null;
  /** How many events. */
  readonly count: number;
  /** True where the page ends within the group: its older events may follow on the next page, as a group of their own. */
  readonly continues: boolean;
  /** The last three who did it, and how many they are. */
  readonly actors: readonly FeedEntity[];
  readonly actorCount: number;
  /** The last three that it happened to, and how many they are. */
  readonly subjects: readonly FeedEntity[];
  readonly subjectCount: number;
  /** When the first and the last of its events happened. */
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** For nobody in particular: `renderText(group.sentence, { viewer })` says "You". */
  readonly sentence: readonly FeedSentencePart[];
  readonly text: string;
  /** A Lucide icon name. */
  readonly icon: string;
  /** Where "View" leads, when all its events are about one subject; else null. */
  readonly url: string | null;
  /** Its newest event. */
  readonly latest: FeedItem;
  /** How many of its events the query's `reader` has yet to read; absent without one. */
  readonly unread?: number | undefined;
  /** Whether any of them is new since that reader's last visit. */
  readonly unseen?: boolean | undefined;
}

/** How many actors and subjects a group shows. */
const SHOWN = 3;

/** `events` are newest first, and at least one. */
export function feedGroup(
  key: string | null,
  events: readonly RecordedEvent[],
  continues: boolean,
  registry: Registry,
  present: PresentEntities,
  language: Language,
): FeedGroup {
  const newest = events[0]!;
  const oldest = events.at(-1)!;
  const show = (ref: EntityRef) => feedEntity(newest.account, ref, registry, present);
  const latest = feedItem(newest, registry, present, language);
  const actors = distinct(events.map((event) => event.actor));
  const subjects = distinct(events.map((event) => event.subject));
  const times = events.map(({ occurredAt }) => occurredAt.getTime());
  const sentence = events.length === 1 ? latest.sentence : saidOf(events, registry, language, show);
  return {
    id: oldest.id,
    key,
    count: events.length,
    continues,
    actors: actors.slice(0, SHOWN).map(show),
    actorCount: actors.length,
    subjects: subjects.slice(0, SHOWN).map(show),
    subjectCount: subjects.length,
    firstAt: new Date(Math.min(...times)),
    lastAt: new Date(Math.max(...times)),
    sentence,
    text: sentence.map((part) => part.text).join(""),
    icon: latest.icon,
    url: subjects.length === 1 ? latest.url : null,
    latest,
  };
}

function saidOf(
  events: readonly RecordedEvent[],
  registry: Registry,
  language: Language,
  show: (ref: EntityRef) => FeedEntity,
): FeedSentencePart[] {
  const { type } = events[0]!;
  const shown = events.map((event) => withPresentLabels(event, show));
  return sayFirst(wordings(type, registry.find(type), language, registry.languages.own), (way) =>
    showSentence(groupSentence(shown, way), way.language, show),
  );
}
