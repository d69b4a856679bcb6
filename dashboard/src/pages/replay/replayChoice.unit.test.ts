import { expect, test } from "vitest";
import { choiceOf, queryOf, requestOf, type ReplayChoice } from "./replayChoice.ts";

const choice: ReplayChoice = { kind: "dry_run", until: null, types: [], subject: "", strict: true };
const id = "019d0000-0000-7000-8000-000000000001";

/** As the address would hold it. */
function stored(given: ReplayChoice): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(queryOf(given))) {
    if (value === null) continue;
    for (const each of typeof value === "string" ? [value] : value) query.append(name, each);
  }
  return query;
}

test("a choice that was sent as a link is the same choice, and the default one leaves the address empty", () => {
  const full: ReplayChoice = {
    kind: "compare",
    until: { by: "event", text: id },
    types: ["user.create", "user.rename"],
    subject: "user:a:1",
    strict: false,
  };
  expect(choiceOf(stored(full))).toEqual(full);
  expect(stored(choice).toString()).toBe("");
  expect(choiceOf(stored(choice))).toEqual(choice);
});

test("what is asked for leaves out what was left open", () => {
  expect(requestOf(choice)).toEqual({ kind: "dry_run" });
  expect(requestOf({ ...choice, until: { by: "position", text: " 128 " }, subject: " user:1 " })).toEqual({
    kind: "dry_run",
    until: { position: 128 },
    subject: "user:1",
  });
  expect(requestOf({ ...choice, until: { by: "time", text: "2026-11-20T14:00:00+01:00" } })).toEqual({
    kind: "dry_run",
    until: { time: "2026-11-20T13:00:00.000Z" },
  });
});

test("what is half typed asks for nothing, and above all not for everything", () => {
  for (const until of [
    { by: "position", text: "12x" },
    { by: "position", text: "" },
    { by: "time", text: "2026-11-" },
    { by: "event", text: id.slice(0, 20) },
  ] as const)
    expect(requestOf({ ...choice, until }), JSON.stringify(until)).toBeNull();
});
