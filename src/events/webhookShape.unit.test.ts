import { describe, expect, test } from "vitest";
import { defineEvent, type Lane } from "./defineEvent.ts";
import { defineEntity } from "./entity.ts";

const card = defineEntity("card");
const write = () => ({});

describe("the webhook option", () => {
  test("without it the domain lane is sent as it is, and no other lane is", () => {
    const of = (lane: Lane) => defineEvent("card.seen", { subject: card, lane }).webhook;
    expect(["domain", "system", "client", "change"].map((lane) => of(lane as Lane))).toEqual([
      [],
      null,
      null,
      null,
    ]);
  });

  test("false keeps a type inside, true lets one of the system lane out", () => {
    expect(defineEvent("card.seen", { subject: card, webhook: false }).webhook).toBeNull();
    expect(defineEvent("card.seen", { subject: card, lane: "system", webhook: true }).webhook).toEqual([]);
  });

  test.each(["client", "change"] as const)("the %s lane is never sent, even when asked", (lane) => {
    expect(() => defineEvent("card.seen", { subject: card, lane, webhook: true })).toThrow(
      expect.objectContaining({ code: "INVALID_DEFINITION" }),
    );
  });

  test("shapes are kept oldest first", () => {
    const shapes = [2, 1, 3].map((version) => ({ version, write }));
    expect(
      defineEvent("card.seen", { subject: card, webhook: shapes }).webhook!.map(({ version }) => version),
    ).toEqual([1, 2, 3]);
  });

  test.each([
    ["no shape", []],
    ["a version that is no number from 1", { version: 0, write }],
    [
      "the same version twice",
      [
        { version: 1, write },
        { version: 1, write },
      ],
    ],
  ])("refuses %s", (_what, webhook) => {
    expect(() => defineEvent("card.seen", { subject: card, webhook })).toThrow(
      expect.objectContaining({ code: "INVALID_DEFINITION" }),
    );
  });
});
