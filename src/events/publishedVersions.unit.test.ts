import { describe, expect, test } from "vitest";
import { z } from "zod";
import { events } from "../../test/support/boardEvents.ts";
import { defineEvent } from "./defineEvent.ts";
import { defineEntity } from "./entity.ts";
import { checkPublished, unpublishedVersions, withUnpublished } from "./publishedVersions.ts";
import { createRegistry } from "./registry.ts";
import { from } from "./upcast.ts";

const card = defineEntity("card");
const subject = card;
const registryOf = (...definitions: object[]) => createRegistry(definitions);
const publish = (...definitions: object[]) => withUnpublished({}, registryOf(...definitions));

const pricedV1 = z.object({ amount: z.int(), currency: z.string() });
const priced1 = defineEvent("card.priced", { subject, data: pricedV1 });
const priced2 = defineEvent("card.priced", {
  version: 2,
  subject,
  data: z.object({ cents: z.int().min(0), currency: z.string() }),
  upcast: { 1: from(pricedV1, ({ amount, currency }) => ({ cents: amount * 100, currency })) },
});

describe("what was published stays readable", () => {
  test("definitions of every kind are fine as they were published", () => {
    const registry = createRegistry(events);
    const published = withUnpublished({}, registry);
    expect(Object.keys(published["card.moved"]!)).toEqual(["1", "2", "3"]);
    expect(checkPublished(published, registry)).toEqual([]);
    expect(unpublishedVersions(published, registry)).toEqual([]);
  });

  test("a new version with an upcaster is new, and nothing is broken", () => {
    const published = publish(priced1);
    expect(checkPublished(published, registryOf(priced2))).toEqual([]);
    expect(unpublishedVersions(published, registryOf(priced2))).toEqual([
      { type: "card.priced", version: 2, fields: [] },
    ]);
  });

  test("what is published is never written anew", () => {
    const published = { "card.priced": { 1: { shape: null, golden: { amount: 7, currency: "EUR" } } } };
    const both = withUnpublished(published, registryOf(priced2));
    expect(both["card.priced"]![1]).toBe(published["card.priced"][1]);
    expect(both["card.priced"]![2]).toMatchObject({ golden: { cents: 1, currency: "currency" } });
  });

  test("a shape that changed without a new version is told, place by place", () => {
    const changed = defineEvent("card.priced", {
      subject,
      data: z.object({ amount: z.number(), note: z.string().optional() }),
    });
    const [problem, ...others] = checkPublished(publish(priced1), registryOf(changed));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ type: "card.priced", version: 1, rule: "shape_changed" });
    expect(problem!.message).toContain("version 2");
    expect(problem!.changes).toContainEqual({
      path: "amount.type",
      published: "integer",
      present: "number",
      isNewField: false,
    });
    expect(problem!.changes).toContainEqual({ path: "note", present: { type: "string" }, isNewField: true });
    expect(problem!.changes).toContainEqual({
      path: "currency",
      published: { type: "string" },
      isNewField: false,
    });
  });

  test("a new optional field breaks nobody: it is added to the version, whose payload stays", () => {
    const noted = defineEvent("card.priced", {
      subject,
      data: pricedV1.extend({ note: z.string().optional() }),
    });
    const published = publish(priced1);
    expect(checkPublished(published, registryOf(noted))).toEqual([]);
    expect(unpublishedVersions(published, registryOf(noted))).toEqual([
      { type: "card.priced", version: 1, fields: ["note"] },
    ]);
    const widened = withUnpublished(published, registryOf(noted));
    expect(widened["card.priced"]![1]!.golden).toEqual(published["card.priced"]![1]!.golden);
    expect(unpublishedVersions(widened, registryOf(noted))).toEqual([]);
    // Gone again, or required: that would break whoever has learned of it, or what was stored without it.
    const required = defineEvent("card.priced", { subject, data: pricedV1.extend({ note: z.string() }) });
    for (const [file, definition] of [
      [widened, priced1],
      [published, required],
    ] as const)
      expect(checkPublished(file, registryOf(definition))).toMatchObject([{ rule: "shape_changed" }]);
  });

  test("an upcaster must read what its version stored, not what somebody remembers of it", () => {
    const misremembered = defineEvent("card.priced", {
      version: 2,
      subject,
      data: z.object({ cents: z.int() }),
      upcast: { 1: from(z.object({ price: z.int() }), ({ price }) => ({ cents: price })) },
    });
    const problems = checkPublished(publish(priced1), registryOf(misremembered));
    expect(problems).toMatchObject([{ version: 1, rule: "shape_changed" }]);
    expect(problems[0]!.message).toContain("from(…)");
  });

  test("a payload that the chain of upcasters no longer leads to the present shape is told, with the reason", () => {
    const broken = defineEvent("card.priced", {
      version: 2,
      subject,
      data: z.object({ cents: z.int().min(0) }),
      upcast: { 1: from(pricedV1, ({ amount }) => ({ cents: amount - 100 })) },
    });
    const thrown = defineEvent("card.priced", {
      version: 2,
      subject,
      data: z.object({ cents: z.int() }),
      upcast: {
        1: from(pricedV1, (): { cents: number } => {
          throw new Error("no rate");
        }),
      },
    });
    const published = publish(priced1);
    expect(checkPublished(published, registryOf(broken))).toMatchObject([
      { version: 1, rule: "golden_refused", message: expect.stringContaining("cents: Too small") as string },
    ]);
    expect(checkPublished(published, registryOf(thrown))).toMatchObject([
      { version: 1, rule: "golden_refused", message: expect.stringContaining("no rate") as string },
    ]);
  });

  test("a field that the schema fills in must be there when stored data is read", () => {
    const changed = defineEvent("card.priced", {
      version: 2,
      subject,
      data: z.object({ amount: z.int(), unit: z.string().default("piece") }),
      upcast: { 1: from(pricedV1, (old) => old as unknown as { amount: number; unit: string }) },
    });
    expect(checkPublished(publish(priced1), registryOf(changed))).toMatchObject([
      { rule: "golden_refused", message: expect.stringContaining("unit") as string },
    ]);
  });

  test("data that a schema changes on its way in is checked as it is stored", () => {
    const labelled = defineEvent("card.labelled", {
      subject,
      data: z.object({
        labels: z
          .string()
          .transform((text) => text.split(","))
          .pipe(z.array(z.string())),
      }),
      example: { labels: "a,b" },
    });
    const published = publish(labelled);
    expect(published["card.labelled"]![1]!.golden).toEqual({ labels: ["a", "b"] });
    expect(checkPublished(published, registryOf(labelled))).toEqual([]);
  });

  test("a type that is gone is told, and an alias brings it back", () => {
    const cost = { subject, data: pricedV1 };
    expect(checkPublished(publish(priced1), registryOf(defineEvent("card.cost", cost)))).toMatchObject([
      { type: "card.priced", version: 1, rule: "type_gone" },
    ]);
    const renamed = defineEvent("card.cost", { ...cost, aliases: ["card.priced"] });
    expect(checkPublished(publish(priced1), registryOf(renamed))).toEqual([]);
  });

  test("a version is not taken back", () => {
    expect(checkPublished(publish(priced2), registryOf(priced1))).toMatchObject([
      { version: 2, rule: "version_gone", message: expect.stringContaining("never taken back") as string },
    ]);
  });

  test("what is routed needs no definition, but its published shape stays what it was", () => {
    const routed = (type: string) => (type === "card.priced" ? () => null : null);
    expect(checkPublished(publish(priced1), createRegistry(events), routed)).toEqual([]);
    const changed = defineEvent("card.priced", { subject, data: z.object({ amount: z.string() }) });
    expect(checkPublished(publish(priced1), registryOf(changed), routed)).toMatchObject([
      { rule: "shape_changed" },
    ]);
  });

  test("a route that no longer takes the payload is told", () => {
    const refusing = () => () => "amount is unknown";
    expect(checkPublished(publish(priced1), registryOf(priced1), refusing)).toMatchObject([
      {
        rule: "golden_refused",
        message: expect.stringContaining("route any more: amount is unknown") as string,
      },
    ]);
  });

  test("a schema library that cannot tell its shape is asked with the payload", () => {
    const mute = (accepts: (value: { amount: unknown }) => boolean) => ({
      "~standard": {
        version: 1 as const,
        vendor: "mute",
        validate: (value: unknown) =>
          accepts(value as { amount: unknown })
            ? { value: value as { amount: number } }
            : { issues: [{ message: "no amount", path: ["amount"] }] },
      },
    });
    const pricedBy = (accepts: (value: { amount: unknown }) => boolean) =>
      defineEvent("card.priced", { subject, data: mute(accepts), example: { amount: 1 } });
    const published = publish(pricedBy(() => true));
    expect(published["card.priced"]![1]).toEqual({ shape: null, golden: { amount: 1 } });
    expect(checkPublished(published, registryOf(pricedBy(({ amount }) => amount === 1)))).toEqual([]);
    expect(checkPublished(published, registryOf(pricedBy(({ amount }) => amount === 2)))).toMatchObject([
      { rule: "golden_refused", message: expect.stringContaining("no amount") as string },
    ]);
  });
});
