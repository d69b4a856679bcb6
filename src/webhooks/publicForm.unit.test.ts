import { describe, expect, test } from "vitest";
import {
  events,
  invoice,
  invoiceNoted,
  invoicePaid,
  invoiceSent,
  member,
} from "../../test/support/webhookEvents.ts";
import { defineEvent, type AnyEventDefinition } from "../events/defineEvent.ts";
import { createRegistry } from "../events/registry.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import type { JsonObject } from "../events/serializable.ts";
import { exampleRecordedEvent } from "./exampleEvent.ts";
import { publicForm } from "./publicForm.ts";

const registry = createRegistry(events);
const sent = exampleRecordedEvent(invoiceSent, { account: "acme", id: "e1" })!;
const paid: RecordedEvent = {
  ...exampleRecordedEvent(invoicePaid, { account: "acme", id: "e2" })!,
  data: { millis: 12_500, secret: "s3cret" },
};

const formOf = (event: RecordedEvent, definition: AnyEventDefinition, payloadVersion?: number) =>
  publicForm(event, definition, registry, "acme-public", payloadVersion);

describe("the public form", () => {
  test("has the event's fields, and no others", () => {
    const plain = { ...sent, actor: { type: "user", id: "ann", label: "Ann" }, metadata: { ip: "10.0.0.1" } };
    expect(formOf(plain, invoiceSent)).toEqual({
      id: "e1",
      type: "invoice.sent",
      version: 1,
      account: "acme-public",
      actor: { type: "user", id: "ann", label: "Ann" },
      onBehalfOf: null,
      subject: { type: "invoice", id: "inv_1001", label: "Invoice 1" },
      refs: {
        to: { type: "member", id: "mem_1x", label: "Member 1" },
        copies: [
          { type: "member", id: "mem_2x", label: "Member 2" },
          { type: "member", id: "mem_3x", label: "Member 3" },
        ],
        via: { type: "team", id: "1", label: "Team 1" },
        by: { type: "member", id: "mem_4x", label: "Member 4" },
      },
      data: invoiceSent.example,
      occurredAt: "2026-11-20T09:30:00.000Z",
      description: "Ann sent Invoice 1 over 12.5 to Member 1",
    });
  });

  test("names an entity without a label by its public key", () => {
    const event = { ...sent, subject: invoice(7), refs: { ...sent.refs, to: member(9) } };
    const form = formOf(event, invoiceSent)!;
    expect(form.description).toBe("Ann sent invoice inv_1007 over 12.5 to member mem_9x");
    expect(JSON.stringify(form)).not.toMatch(/"(7|9)"/);
  });

  test("shows public keys of actors and of those they acted for", () => {
    const event = { ...sent, actor: member(1, "Ann"), onBehalfOf: member(2, "Ben") };
    expect(formOf(event, invoiceSent)).toMatchObject({
      actor: { id: "mem_1x" },
      onBehalfOf: { id: "mem_2x" },
    });
  });

  test("falls back to actor, verb and subject where the sentence throws", () => {
    const throws = defineEvent("invoice.lost", {
      subject: invoice,
      sentence: () => {
        throw new Error("no");
      },
    });
    expect(formOf({ ...sent, refs: {}, data: {} }, throws)!.description).toBe("Ann lost invoice Invoice 1");
  });

  test("is not made of an inner key when a publicId throws", () => {
    const event = { ...sent, refs: { ...sent.refs, to: member(9) } };
    const broken = {
      ...registry,
      entities: new Map(registry.entities).set("member", {
        ...member,
        options: {
          publicId: () => {
            throw new Error("not a number");
          },
        },
      } as unknown as typeof member),
    };
    expect(() => publicForm(event, invoiceSent, broken, "acme")).toThrow(
      /^Of an entity "member"\. A publicId threw/,
    );
  });
});

describe("the webhook option", () => {
  test("keeps a type inside", () => {
    expect(formOf({ ...sent, type: "invoice.noted" }, invoiceNoted)).toBeNull();
  });

  test.each([
    [1, 1, { cents: 1250 }],
    [2, 1, { cents: 1250 }],
    [3, 3, { amount: 12.5, invoice: "inv_1001" }],
    [9, 3, { amount: 12.5, invoice: "inv_1001" }],
  ])("an endpoint with payload version %i gets shape %i", (payloadVersion, version, data) => {
    expect(formOf(paid, invoicePaid, payloadVersion)).toMatchObject({ version, data });
  });

  test("an endpoint older than every shape gets the oldest", () => {
    const later = defineEvent("invoice.due", {
      subject: invoice,
      webhook: { version: 2, write: () => ({ due: true }) },
    });
    expect(formOf({ ...paid, data: {} }, later, 1)).toMatchObject({ version: 2, data: { due: true } });
  });

  test("what a shape leaves out is nowhere in the form", () => {
    expect(JSON.stringify(formOf(paid, invoicePaid))).not.toContain("s3cret");
  });

  test.each([
    ["a date", { at: new Date() }, "UNSERIALIZABLE"],
    ["NaN", { at: NaN }, "UNSERIALIZABLE"],
    ["a list", [1], "UNSERIALIZABLE"],
    ["nothing", undefined, "UNSERIALIZABLE"],
    ["too much", { text: "x".repeat(70_000) }, "EVENT_TOO_LARGE"],
  ])("refuses a shape that gives %s", (_what, data, code) => {
    const odd = defineEvent("invoice.odd", {
      subject: invoice,
      webhook: { version: 1, write: () => data as JsonObject },
    });
    expect(() => formOf({ ...paid, data: {} }, odd)).toThrow(expect.objectContaining({ code }));
  });
});
