import { expect, test } from "vitest";
import { checkGrace, endpointKey, liveSecrets, rotated, type SealedSecret } from "./rotation.ts";

const secret = (number: number, createdAt: number, validUntil: number | null = null): SealedSecret => ({
  id: `0193e1a0-0000-7000-8000-00000000000${number}`,
  kind: "hmac",
  sealed: `1.key.${number}`,
  public: null,
  createdAt,
  validUntil,
});

test("case 2: a secret signs until its end, by the clock of the database, and not at it", () => {
  const secrets = [secret(2, 0), secret(1, 0, 5_000)];
  expect(liveSecrets(secrets, 4_999)).toEqual(secrets);
  expect(liveSecrets(secrets, 5_000)).toEqual([secrets[0]]);
});

test("older secrets keep their own end where it comes first, and those that ended are dropped", () => {
  const before = [secret(3, 2_000), secret(2, 1_000, 20_000), secret(1, 0, 9_000)];
  const newest = secret(4, 9_000);
  expect(rotated(before, newest, 60)).toEqual([newest, secret(3, 2_000, 69_000), secret(2, 1_000, 20_000)]);
  expect(rotated(before, newest, 1)).toEqual([newest, secret(3, 2_000, 10_000), secret(2, 1_000, 10_000)]);
  expect(rotated(before, newest, 0)).toEqual([newest]);
});

test("what an owner sees of a secret does not have it", () => {
  expect(endpointKey({ ...secret(1, 1_000, 2_000), kind: "ed25519", public: "whpk_x" })).toEqual({
    id: expect.stringMatching(/^key_/),
    kind: "ed25519",
    publicKey: "whpk_x",
    createdAt: new Date(1_000),
    validUntil: new Date(2_000),
  });
});

test("a grace is at most a week", () => {
  expect(checkGrace(604_800)).toBe(604_800);
  expect(() => checkGrace(604_801)).toThrow("from 0 to 604800");
});
