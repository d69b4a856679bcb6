import { isTidingsError, type TidingsError } from "../errors.ts";
import type { SentenceEvent } from "../events/defineEvent.ts";
import type { EntityRef } from "../events/entity.ts";
import type { Language } from "../events/language.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { escapeHtml, isSafeUrl, renderText } from "../events/renderSentence.ts";
import { spokenParts } from "../events/spokenParts.ts";
import { withPublicIds } from "../events/withPublicIds.ts";
import { sayFirst, wordings } from "../events/wordings.ts";
import { activityType, verbOf, type ActivityType } from "../events/activityTypes.ts";
import { pathSegment } from "../pathSegment.ts";

/** An object of ActivityStreams 2.0. */
export interface ActivityObject {
  readonly id?: string | undefined;
  readonly type: string;
  readonly [property: string]: unknown;
}

export interface ActivityContext {
  readonly registry: Registry;
  readonly language: Language;
  /** Where the HTTP API is reached, without a slash at its end: ids begin with it. */
  readonly publicUrl: string;
}

const CONTEXT = "https://www.w3.org/ns/activitystreams";

/** What `@context` says of a page in this language; `tidings:` names what the vocabulary has no word for. */
function activityContext(language: Language) {
  return [CONTEXT, { "@language": language.tag, tidings: "urn:tidings:" }] as const;
}

/** An event as an activity, with the public ids that webhooks send. Throws PUBLIC_ID_FAILED. */
export function activityOf(
  event: RecordedEvent,
  { registry, language, publicUrl }: ActivityContext,
): ActivityObject {
  const definition = event.problem === null ? registry.find(event.type) : undefined;
  const { shown, urlOf } = withPublicIds(event, registry);
  const objectOf: ObjectOf = (ref) => {
    const url = urlOf(ref);
    return {
      id: `${publicUrl}/timeline/${ref.type}/${pathSegment(ref.id)}`,
      type: kindOf(ref.type),
      ...(ref.label !== null && { name: ref.label }),
      ...(url !== null &&
        isSafeUrl(url) &&
        URL.canParse(url, publicUrl) && { url: new URL(url, publicUrl).href }),
      "tidings:kind": ref.type,
    };
  };
  const type = definition?.activity ?? activityType(event.type);
  const published = event.occurredAt.toISOString();
  const summary = sayFirst(wordings(event.type, definition, language, registry.languages.own), (way) =>
    renderText(spokenParts(way.sentence(shown as SentenceEvent<never>, way.language.words), way.language)),
  );
  return {
    id: `${publicUrl}/events/${event.id}`,
    type,
    actor: objectOf(shown.actor),
    ...placed(type, event.type, shown, published, objectOf),
    published,
    summary: escapeHtml(summary),
    "tidings:type": event.type,
    ...(shown.onBehalfOf && { "tidings:onBehalfOf": objectOf(shown.onBehalfOf) }),
  };
}

type ObjectOf = (ref: EntityRef) => ActivityObject;
type FilledRole = readonly [role: string, refs: readonly EntityRef[]];

const ORIGINS = ["from", "origin", "source"];
const TARGETS = ["to", "target", "destination", "into"];
const REPLIED_TO = ["on", "inReplyTo"];
const NOTES = new Set(["comment", "reply", "note", "message"]);
/** Verbs that leave a thing in a state that has their name. */
const STATES = new Set(["closed", "completed", "restored", "reopened", "archived"]);

/** Object, origin, target and tag, and the other roles as they are called. */
function placed(
  type: ActivityType,
  eventType: string,
  { subject, refs }: SentenceEvent,
  published: string,
  objectOf: ObjectOf,
): { readonly [property: string]: unknown } {
  const verb = verbOf(eventType);
  const isNote = isAboutNote(type, verb, subject);
  const roles = filledRoles(refs);
  const repliedTo = isNote && NOTES.has(subject.type) ? roleFor(REPLIED_TO, roles, true) : undefined;
  const origin = isNote ? undefined : roleFor(ORIGINS, roles, type === "Remove");
  const notOrigin = roles.filter((role) => role !== origin);
  const target = isNote ? undefined : roleFor(TARGETS, notOrigin, type === "Add");
  const mentions = roles.filter(([name]) => name.startsWith("mention"));
  const others = roles.filter((role) => ![repliedTo, origin, target, ...mentions].includes(role));
  const mentioned = mentions.flatMap(([, named]) => named);
  return {
    ...(isNote && { type: "Create" }),
    object: isNote
      ? noteOf(subject, repliedTo?.[1][0], objectOf)
      : afterwards(objectOf(subject), type, verb, published),
    ...(origin && { origin: objectOf(origin[1][0]!) }),
    ...(target && { target: objectOf(target[1][0]!) }),
    ...tagsOf(verb === "mentioned" ? [subject, ...mentioned] : mentioned, objectOf),
    ...(others.length > 0 && {
      "tidings:refs": Object.fromEntries(others.map(([name, named]) => [name, named.map(objectOf)])),
    }),
  };
}

function isAboutNote(type: ActivityType, verb: string, subject: EntityRef): boolean {
  return (
    (type === "Create" || type === "Add") && (NOTES.has(subject.type) || /^(commented|replied)$/.test(verb))
  );
}

function filledRoles(refs: SentenceEvent["refs"]): readonly FilledRole[] {
  return Object.entries(refs as Record<string, EntityRef | readonly EntityRef[] | null>)
    .map(([name, held]): FilledRole => [name, [held ?? []].flat()])
    .filter(([, { length }]) => length > 0);
}

/** The role that holds one entity and has one of these names, otherwise perhaps the first that holds one. */
function roleFor(
  names: readonly string[],
  roles: readonly FilledRole[],
  otherwiseFirst: boolean,
): FilledRole | undefined {
  const single = roles.filter(([, { length }]) => length === 1);
  return single.find(([name]) => names.includes(name)) ?? (otherwiseFirst ? single[0] : undefined);
}

/** The note itself where it is the subject; otherwise one about the subject. */
function noteOf(subject: EntityRef, repliedTo: EntityRef | undefined, objectOf: ObjectOf): ActivityObject {
  const isNote = NOTES.has(subject.type);
  const inReplyTo = isNote ? repliedTo : subject;
  return {
    ...(isNote && objectOf(subject)),
    type: "Note",
    ...(inReplyTo && { inReplyTo: objectOf(inReplyTo) }),
  };
}

/** What the activity leaves of its object: all of it, with a state, or a tombstone. */
function afterwards(
  object: ActivityObject,
  type: ActivityType,
  verb: string,
  published: string,
): ActivityObject {
  if (type === "Delete") {
    const { id, type: formerType, "tidings:kind": kind } = object;
    return { id, type: "Tombstone", formerType, deleted: published, "tidings:kind": kind };
  }
  return STATES.has(verb) ? { ...object, "tidings:state": verb } : object;
}

function tagsOf(mentioned: readonly EntityRef[], objectOf: ObjectOf) {
  if (mentioned.length === 0) return {};
  return {
    tag: mentioned.map((ref) => {
      const { id, name } = objectOf(ref);
      return { type: "Mention", href: id, ...(name !== undefined && { name }) };
    }),
  };
}

const KINDS: { readonly [entity: string]: string } = {
  user: "Person",
  person: "Person",
  member: "Person",
  anonymous: "Person",
  group: "Group",
  team: "Group",
  organization: "Organization",
  api_key: "Application",
  app: "Application",
  system: "Service",
  job: "Service",
  comment: "Note",
  note: "Note",
  image: "Image",
  video: "Video",
  document: "Document",
  event: "Event",
  place: "Place",
};

function kindOf(entity: string): string {
  return KINDS[entity] ?? "Object";
}

/** A page of a feed. The addresses are those under which it, its neighbours and the whole are asked for. */
export interface ActivityPageLinks {
  readonly id: string;
  readonly partOf: string;
  readonly next: string | null;
  readonly prev: string | null;
}

/** Where a `publicId` throws, its event is told without any entity, and `onNameless` hears of it: the page goes on. */
export function activityPage(
  events: readonly RecordedEvent[],
  { id, partOf, next, prev }: ActivityPageLinks,
  context: ActivityContext,
  onNameless: (error: TidingsError) => void,
): ActivityObject {
  return {
    "@context": activityContext(context.language),
    id,
    type: "OrderedCollectionPage",
    partOf,
    ...(next !== null && { next }),
    ...(prev !== null && { prev }),
    orderedItems: events.map((event) => {
      try {
        return activityOf(event, context);
      } catch (error) {
        if (!isTidingsError(error, "PUBLIC_ID_FAILED")) throw error;
        onNameless(error);
        return namelessActivity(event, context);
      }
    }),
  };
}

/** That something happened, and when: what can be told of an event whose entities have no public names. */
function namelessActivity(event: RecordedEvent, { registry, publicUrl }: ActivityContext): ActivityObject {
  return {
    id: `${publicUrl}/events/${event.id}`,
    type: registry.find(event.type)?.activity ?? activityType(event.type),
    published: event.occurredAt.toISOString(),
    "tidings:type": event.type,
  };
}
