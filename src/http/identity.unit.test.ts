import { expect, test } from "vitest";
import { callerOf } from "./identity.ts";

const ann = { account: "acme", actor: { type: "user", id: "ann", label: "Ann" }, role: "reader" };
const request = new Request("https://app.example.com/feed");
const noPortal = { checkPortalToken: () => expect.fail("no token was sent") };
const callerFrom = (given: unknown) => callerOf(request, () => given as never, noPortal);

// An account left out would be that of the code around the handler, an unknown role would read.
test.each<[given: unknown, path: (string | number)[]]>([
  ["ann", []],
  [{ ...ann, account: undefined }, ["account"]],
  [{ ...ann, account: "" }, ["account"]],
  [{ ...ann, account: 7 }, ["account"]],
  [{ ...ann, account: "x".repeat(256) }, ["account"]],
  [{ ...ann, actor: undefined }, ["actor"]],
  [{ ...ann, actor: "user:ann" }, ["actor"]],
  [{ ...ann, actor: { type: "user", id: "", label: null } }, ["actor", "id"]],
  [{ ...ann, actor: { type: "user", id: 5, label: null } }, ["actor", "id"]],
  [{ ...ann, actor: { type: "user", id: "ann", label: 5 } }, ["actor", "label"]],
  [{ ...ann, role: undefined }, ["role"]],
  [{ ...ann, role: "nobody" }, ["role"]],
  [{ ...ann, role: "toString" }, ["role"]],
  [{ ...ann, audiences: "hr" }, ["audiences"]],
  [{ ...ann, audiences: null }, ["audiences"]],
  [{ ...ann, audiences: Array.from({ length: 501 }, String) }, ["audiences"]],
  [{ ...ann, audiences: ["hr", 7] }, ["audiences", 1, "type"]],
  [{ ...ann, audiences: ["x".repeat(256)] }, ["audiences", 0]],
])("what authorize gave is refused with the place: %o", async (given, path) => {
  await expect(callerFrom(given)).rejects.toMatchObject({ code: "INVALID_IDENTITY", status: 500, path });
});

test("a caller holds what an identity does and nothing else that authorize gave", async () => {
  const given = { ...ann, session: "s3cret", actor: { type: "user", id: "ann", email: "ann@example.com" } };
  expect(await callerFrom({ ...given, audiences: ["hr", "board:7"] })).toEqual({
    account: "acme",
    actor: { type: "user", id: "ann", label: null },
    role: "reader",
    audiences: ["hr", "board:7"],
    portal: null,
  });
});

test.each([null, undefined])("%s is nobody", async (nobody) => {
  await expect(callerFrom(nobody)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});
