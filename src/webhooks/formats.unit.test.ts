import { describe, expect, test } from "vitest";
import { events, invoice, invoiceSent } from "../../test/support/webhookEvents.ts";
import { createRegistry } from "../events/registry.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import { payloadFormats, type PayloadFormat } from "./endpoint.ts";
import { exampleRecordedEvent } from "./exampleEvent.ts";
import { createMessageWriter } from "./writeMessage.ts";

const registry = createRegistry(events);
const event = exampleRecordedEvent(invoiceSent, { account: "acme", id: "e1" })!;
const messageOf = (format: PayloadFormat, of: RecordedEvent = event) =>
  createMessageWriter({ registry, source: "https://app.example/" }).write(of, { format, payloadVersion: 1 })!;
const jsonOf = (format: PayloadFormat, of?: RecordedEvent) =>
  JSON.parse(messageOf(format, of).body.toString());

describe("formats", () => {
  test("standard: the public form, with what Standard Webhooks advises in front", () => {
    const text = messageOf("standard").body.toString();
    expect(text).toMatch(/^\{"type":"invoice\.sent","timestamp":"2026-11-20T09:30:00\.000Z","id":"e1",/);
    expect(Object.keys(jsonOf("standard")).sort()).toEqual(
      // prettier-ignore
      ["account", "actor", "data", "description", "id", "occurredAt", "onBehalfOf", "refs", "subject", "timestamp", "type", "version"],
    );
  });

  test("thin: ids at the same paths, no names and no content", () => {
    const thin = jsonOf("thin");
    expect(thin).toEqual({
      type: "invoice.sent",
      timestamp: "2026-11-20T09:30:00.000Z",
      id: "e1",
      version: 1,
      account: "acme",
      actor: { type: "user", id: "ann" },
      onBehalfOf: null,
      subject: { type: "invoice", id: "inv_1001" },
      refs: {
        to: { type: "member", id: "mem_1x" },
        copies: [
          { type: "member", id: "mem_2x" },
          { type: "member", id: "mem_3x" },
        ],
        via: { type: "team", id: "1" },
        by: { type: "member", id: "mem_4x" },
      },
      occurredAt: "2026-11-20T09:30:00.000Z",
    });
  });

  test("cloudevents: the public form as data, in both modes the same", () => {
    const structured = jsonOf("cloudevents");
    const binary = messageOf("cloudevents-binary");
    expect(structured).toMatchObject({
      specversion: "1.0",
      id: "e1",
      source: "https://app.example/",
      type: "invoice.sent",
      subject: "invoice:inv_1001",
      time: "2026-11-20T09:30:00.000Z",
      datacontenttype: "application/json",
    });
    expect(messageOf("cloudevents").contentType).toBe("application/cloudevents+json");
    expect(binary.contentType).toBe("application/json");
    expect(JSON.parse(binary.body.toString())).toEqual(structured.data);
    expect(binary.headers).toEqual({
      "ce-specversion": "1.0",
      "ce-id": "e1",
      "ce-source": "https://app.example/",
      "ce-type": "invoice.sent",
      "ce-subject": "invoice:inv_1001",
      "ce-time": "2026-11-20T09:30:00.000Z",
    });
  });

  test("cloudevents-binary: what a header cannot hold is percent-encoded", () => {
    const subject = { type: "team", id: 'ä "50%"\r\nx: 😀', label: null };
    const { headers } = messageOf("cloudevents-binary", { ...event, subject });
    expect(headers["ce-subject"]).toBe("team:%C3%A4%20%2250%25%22%0D%0Ax:%20%F0%9F%98%80");
  });

  test("slack: the sentence, linked and escaped", () => {
    expect(jsonOf("slack", { ...event, subject: invoice(7, "<Q4> & more") })).toEqual({
      text: "Ann sent <https://app.example/invoices/7|&lt;Q4&gt; &amp; more> over 12.5 to Member 1",
    });
  });

  test.each(payloadFormats)("case 3: %s keeps every text as it is", (format) => {
    const note = "</b> & é 😀 \u2028\u2029 \u0000 \\u0000";
    const text = messageOf(format, { ...event, data: { note }, subject: invoice(7, note) }).body.toString(
      "utf8",
    );
    expect(text.isWellFormed()).toBe(true);
    // JSON's own escapes and no others: neither HTML's nor those of ASCII.
    if (format !== "slack") expect(text).not.toMatch(/\\u003c|\\u0026|\\ud83d/i);
    expect(JSON.stringify(JSON.parse(text))).toBe(text);
    if (format === "standard") expect(JSON.parse(text).data.note).toBe(note);
  });

  test("one form in one format is one message, whatever payload versions ask for it", () => {
    const writer = createMessageWriter({ registry, source: "/" });
    const first = writer.write(event, { format: "standard", payloadVersion: 1 });
    expect(writer.write(event, { format: "standard", payloadVersion: 5 })).toBe(first);
    expect(writer.write(event, { format: "thin", payloadVersion: 1 })).not.toBe(first);
  });

  test("an event that this process cannot read is not sent in its stored form", () => {
    const writer = createMessageWriter({ registry, source: "/" });
    const settings = { format: "standard", payloadVersion: 1 } as const;
    expect(writer.write({ ...event, problem: "unknown_version" }, settings)).toBeNull();
    expect(writer.write({ ...event, type: "nobody.knows", problem: "unknown_type" }, settings)).toBeNull();
  });
});
