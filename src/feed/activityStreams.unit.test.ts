import { describe, expect, test } from "vitest";
import { defineEvent, type AnyEventDefinition } from "../events/defineEvent.ts";
import { defineEntity, many, optional } from "../events/entity.ts";
import { english } from "../events/english.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import { createRegistry } from "../events/registry.ts";
import { sentence } from "../events/sentence.ts";
import { activityOf, activityPage } from "./activityStreams.ts";
import { activityType } from "../events/activityTypes.ts";

const user = defineEntity("user", { url: (id) => `/people/${id}`, publicId: (id) => `u_${id}` });
const column = defineEntity("column");
const label = defineEntity("label");
const comment = defineEntity("comment");
const card = defineEntity("card", { url: (id) => `/cards/${id}` });
const link = defineEntity("link", { url: () => "javascript:alert(1)" });

const moved = defineEvent("card.moved", {
  subject: card,
  refs: { from: column, to: column },
  sentence: (e) => sentence`${e.actor} moved ${e.subject} to ${e.refs.to}`,
});
const labelled = defineEvent("card.labelled", { subject: card, refs: { label, by: optional(user) } });
const unassigned = defineEvent("card.unassigned", { subject: card, refs: { assignee: user } });
const deleted = defineEvent("card.deleted", { subject: card });
const closed = defineEvent("card.closed", { subject: card });
const commentAdded = defineEvent("comment.added", {
  subject: comment,
  refs: { card, mentioned: many(user) },
});
const cardCommented = defineEvent("card.commented", { subject: card });
const broken = defineEntity("broken", { url: () => "https://not a host/" });
const issueOpened = defineEvent("issue.opened", { subject: link, activity: "Create" });
const placeOpened = defineEvent("place.opened", { subject: broken, activity: "Create" });
const registry = createRegistry([
  moved,
  labelled,
  unassigned,
  deleted,
  closed,
  commentAdded,
  cardCommented,
  issueOpened,
  placeOpened,
]);
const neverNameless = (error: unknown) => expect.unreachable(String(error));
const context = { registry, language: english, publicUrl: "https://app.example.com/tidings" };

const id = "01900000-0000-7000-8000-000000000001";
const occurredAt = new Date("2026-11-20T09:30:00Z");
const fix = card(7, "Fix <the> login");
const ann = user("ann", "Ann");

function event(definition: AnyEventDefinition, particulars: Partial<RecordedEvent> = {}): RecordedEvent {
  return {
    id,
    type: definition.type,
    version: 1,
    account: "acme",
    lane: "domain",
    severity: "info",
    actor: ann,
    onBehalfOf: null,
    subject: fix,
    refs: {},
    data: {},
    metadata: {},
    audience: null,
    kind: null,
    occurredAt,
    causedBy: null,
    causeDepth: 0,
    problem: null,
    ...particulars,
  };
}

const annThere = {
  id: "https://app.example.com/tidings/timeline/user/u_ann",
  type: "Person",
  name: "Ann",
  url: "https://app.example.com/people/ann",
  "tidings:kind": "user",
};
const fixThere = {
  id: "https://app.example.com/tidings/timeline/card/7",
  type: "Object",
  name: "Fix <the> login",
  url: "https://app.example.com/cards/7",
  "tidings:kind": "card",
};
const there = (kind: string, key: string, name: string) => ({
  id: `https://app.example.com/tidings/timeline/${kind}/${key}`,
  type: "Object",
  name,
  "tidings:kind": kind,
});

describe("an event as an activity", () => {
  test("has ids that are addresses, the public ids of people, origin and target, and the sentence as HTML", () => {
    const refs = { from: column("todo", "To do"), to: column("a/b", "Done") };
    expect(activityOf(event(moved, { refs }), context)).toEqual({
      id: `https://app.example.com/tidings/events/${id}`,
      type: "Move",
      actor: annThere,
      object: fixThere,
      origin: there("column", "todo", "To do"),
      target: there("column", "a%2Fb", "Done"),
      published: "2026-11-20T09:30:00.000Z",
      summary: "Ann moved Fix &#60;the&#62; login to Done",
      "tidings:type": "card.moved",
    });
  });

  const cases: [string, RecordedEvent, object][] = [
    [
      "an addition has what it was added to as its target, and keeps the other roles",
      event(labelled, { refs: { label: label("bug", "Bug"), by: ann } }),
      { type: "Add", target: there("label", "bug", "Bug"), "tidings:refs": { by: [annThere] } },
    ],
    [
      "a removal has an origin",
      event(unassigned, { refs: { assignee: ann } }),
      { type: "Remove", origin: annThere },
    ],
    [
      "what was deleted is a tombstone",
      event(deleted),
      {
        type: "Delete",
        object: {
          id: fixThere.id,
          type: "Tombstone",
          formerType: "Object",
          deleted: "2026-11-20T09:30:00.000Z",
          "tidings:kind": "card",
        },
      },
    ],
    [
      "what was closed says so",
      event(closed),
      { type: "Update", object: { ...fixThere, "tidings:state": "closed" } },
    ],
    [
      "a comment is a note about what it is on, and mentions people",
      event(commentAdded, { subject: comment(3), refs: { card: fix, mentioned: [ann] } }),
      {
        type: "Create",
        object: {
          id: "https://app.example.com/tidings/timeline/comment/3",
          type: "Note",
          inReplyTo: fixThere,
          "tidings:kind": "comment",
        },
        tag: [{ type: "Mention", href: annThere.id, name: "Ann" }],
      },
    ],
    [
      "a comment without an entity of its own is a note, too",
      event(cardCommented),
      { type: "Create", object: { type: "Note", inReplyTo: fixThere } },
    ],
    [
      "a definition may say what it is, and no address leads to a script",
      event(issueOpened, { subject: link("1", "L") }),
      { type: "Create", object: there("link", "1", "L") },
    ],
    [
      "an address that is none is left out, and does not take the page with it",
      event(placeOpened, { subject: broken("1", "L") }),
      { type: "Create", object: there("broken", "1", "L") },
    ],
    [
      "whom it was done for is told",
      event(closed, { actor: { type: "job", id: "1", label: null }, onBehalfOf: ann }),
      {
        actor: { type: "Service", id: `${context.publicUrl}/timeline/job/1`, "tidings:kind": "job" },
        "tidings:onBehalfOf": annThere,
      },
    ],
    [
      "of an unknown type it is an activity, and no more",
      event(closed, { type: "rocket.launched", problem: "unknown_type" }),
      { type: "Activity", object: fixThere, summary: "Ann launched card Fix &#60;the&#62; login" },
    ],
  ];
  test.each(cases)("%s", (_name, given, expected) => {
    expect(activityOf(given, context)).toMatchObject(expected);
    for (const [name, value] of Object.entries(expected))
      expect(activityOf(given, context)[name]).toEqual(value);
  });

  test("holds no inner key of what has a public one", () => {
    const activity = activityOf(
      event(unassigned, { refs: { assignee: user("secret") }, actor: user("secret") }),
      {
        ...context,
        registry: createRegistry([
          defineEvent("card.unassigned", {
            subject: card,
            refs: { assignee: defineEntity("user", { publicId: () => "public" }) },
          }),
        ]),
      },
    );
    expect(JSON.stringify(activity)).not.toContain("secret");
  });
});

test.each([
  ["card.created", "Create"],
  ["file.uploaded", "Create"],
  ["card.due_date_set", "Update"],
  ["card.trashed", "Delete"],
  ["card.reordered", "Move"],
  ["member.invited", "Invite"],
  ["request.approved", "Accept"],
  ["request.declined", "Reject"],
  ["member.joined", "Join"],
  ["member.left", "Leave"],
  ["card.watched", "Follow"],
  ["card.muted", "Ignore"],
  ["comment.reacted", "Like"],
  ["page.viewed", "View"],
  ["message.read", "Read"],
  ["link.shared", "Announce"],
  ["post.reported", "Flag"],
  ["user.blocked", "Block"],
  ["rocket.launched", "Activity"],
])("%s is a kind of %s", (type, activity) => {
  expect(activityType(type)).toBe(activity);
});

const links = {
  id: "https://a.example/feed?limit=1",
  partOf: "https://a.example/feed",
  next: "https://a.example/feed?limit=1&before=x",
  prev: null,
};

test("a publicId that throws takes the names of its own event, and no more of the page", () => {
  const invoice = defineEntity("invoice", { publicId: (key) => BigInt(key).toString(36) });
  const paid = defineEvent("invoice.paid", { subject: invoice, activity: "Update" });
  const nameless: unknown[] = [];
  const page = activityPage(
    [event(paid, { subject: invoice("no-number", "Invoice 7") }), event(closed)],
    links,
    { ...context, registry: createRegistry([paid, closed]) },
    (error) => nameless.push([error.code, error.detail]),
  );
  expect(page["orderedItems"]).toEqual([
    {
      id: `https://app.example.com/tidings/events/${id}`,
      type: "Update",
      published: occurredAt.toISOString(),
      "tidings:type": "invoice.paid",
    },
    expect.objectContaining({
      "tidings:type": "card.closed",
      object: expect.objectContaining({ name: "Fix <the> login" }),
    }),
  ]);
  expect(nameless).toEqual([["PUBLIC_ID_FAILED", 'Of an entity "invoice"']]);
});

test("a page leads to its neighbours and to the whole", () => {
  const { orderedItems, ...page } = activityPage([event(closed)], links, context, neverNameless);
  expect(page).toEqual({
    "@context": ["https://www.w3.org/ns/activitystreams", { "@language": "en", tidings: "urn:tidings:" }],
    type: "OrderedCollectionPage",
    id: links.id,
    partOf: links.partOf,
    next: links.next,
  });
  expect(orderedItems).toHaveLength(1);
});
