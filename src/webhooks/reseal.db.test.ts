import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestPglite, type TestDatabase } from "../../test/support/testDatabase.ts";
import { createAddressGuard } from "./addressGuard.ts";
import { createEndpoints } from "./endpoints.ts";
import { reseal } from "./reseal.ts";
import { createSealing, sealedFor, type Sealing } from "./sealing.ts";
import { uuidOf } from "./publicId.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestPglite();
});
afterAll(() => database.drop());

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const endpointsWith = (sealing: Sealing) =>
  createEndpoints({
    begin: async () => undefined,
    db: database.db,
    sealing,
    rules: { checkUrl: createAddressGuard().checkUrl, source: null },
    maxEndpoints: 100,
    accountOf: (account) => account!,
  });

test("after a key was replaced everything opens with the new one alone, and workers go on with what they opened", async () => {
  const before = endpointsWith(createSealing([oldKey]));
  const input = { url: "https://example.com/", types: ["*"] };
  const { endpoint, secret } = await before.create(
    { ...input, headers: { "x-a": "1" } },
    { account: "acme" },
  );
  const rotated = await before.rotate(endpoint.id, { account: "acme" });
  await before.create(input, { account: "globex" });
  const { endpoint: gone } = await before.create(input, { account: "globex" });
  await before.delete(gone.id, { account: "globex" });

  const both = createSealing([newKey, oldKey]);
  expect(await reseal(database.db, both)).toBe(2);
  expect(await reseal(database.db, both)).toBe(0);

  const alone = createSealing([newKey]);
  expect(await endpointsWith(alone).get(endpoint.id, { account: "acme" })).toEqual(rotated.endpoint);
  const [row] = await database.db.query<{ secrets: string; revision: number }>(
    "select secrets::text, revision from tidings.endpoints where account_id = 'acme'",
  );
  const secrets = JSON.parse(row!.secrets) as { sealed: string }[];
  const bound = sealedFor("acme", uuidOf("endpoint", endpoint.id));
  expect(secrets.map(({ sealed }) => alone.open(sealed, bound))).toEqual([rotated.secret, secret]);
  expect(row!.revision).toBe(2);
});
