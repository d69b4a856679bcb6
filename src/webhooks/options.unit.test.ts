import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { webhookSettings, type WebhookOptions } from "./options.ts";

const key = randomBytes(32);
const secretKey = key.toString("base64");
const refused = (options: Partial<WebhookOptions>, what: string) =>
  expect(() => webhookSettings({ secretKey, ...options }), what).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(what) }),
  );

test("with a key alone, everything else has its default", () => {
  expect(webhookSettings({ secretKey })).toMatchObject({
    secretKeys: [key],
    source: null,
    httpsOnly: false,
    allowAddresses: [],
    unsafeTls: false,
    maxEndpoints: 100,
    slots: 64,
    pollMs: 250,
    jitter: 0.2,
    retainDays: 90,
    policy: { breakerFailures: 10, disableMs: 432_000_000 },
  });
  expect(webhookSettings({ secretKey }).publicAccount("acme")).toBe("acme");
  expect(webhookSettings({ secretKey, policy: { breakerFailures: 3 } }).policy).toMatchObject({
    breakerFailures: 3,
    breakerRatio: 0.7,
  });
});

test("keys are 32 bytes in base64, the newest first, and an error shows none of them", () => {
  const older = randomBytes(32);
  const forms = [older.toString("base64url"), older.toString("base64").replace("=", "")];
  for (const form of forms)
    expect(webhookSettings({ secretKey: [secretKey, form] }).secretKeys).toEqual([key, older]);
  refused({ secretKey: "" }, "webhooks.secretKey must be 32 bytes");
  refused({ secretKey: [] }, "webhooks.secretKey is missing");
  refused({ secretKey: undefined as unknown as string }, "webhooks.secretKey is missing");
  refused({ secretKey: [secretKey, "short"] }, "webhooks.secretKey 1");
  refused({ secretKey: key.toString("hex") }, "webhooks.secretKey must be 32 bytes");
  const mistyped = `%${secretKey}`;
  expect(() => webhookSettings({ secretKey: mistyped })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining(mistyped.slice(1, 12)) }),
  );
});

test("a value that cannot work stops the start", () => {
  refused({ slots: 0 }, "webhooks.slots 0");
  refused({ slots: 1.5 }, "webhooks.slots 1.5");
  refused({ pollMs: 0 }, "webhooks.pollMs");
  refused({ pollMs: 2 ** 31 }, "webhooks.pollMs");
  refused({ pollMs: Infinity }, "webhooks.pollMs");
  refused({ userAgent: "Приложение" }, "webhooks.userAgent");
  refused({ jitter: 1.1 }, "webhooks.jitter");
  refused({ jitter: -0.1 }, "webhooks.jitter");
  refused({ retainDays: 6 }, "webhooks.retainDays");
  refused({ retainDays: Number.NaN }, "webhooks.retainDays");
  refused({ retainDays: 10_001 }, "webhooks.retainDays 10001 must be a number from 7 to 10,000");
  refused({ maxRetryAfterMs: -1 }, "webhooks.maxRetryAfterMs");
  refused({ maxRetryAfterMs: Infinity }, "webhooks.maxRetryAfterMs");
  refused({ policy: { disableMs: 0 } }, "webhooks.policy.disableMs");
  for (const name of ["breakerWindowMs", "breakerFirstMs", "breakerLastMs", "disableMs"])
    for (const value of [Infinity, 1e15]) refused({ policy: { [name]: value } }, `webhooks.policy.${name}`);
  refused({ policy: { breakerRatio: 70 } }, "webhooks.policy.breakerRatio 70");
  refused({ policy: { breakerLeast: 2.5 } }, "breakerLeast");
});

// The compiler says so too, but not to those who have none: a misspelt option of security would be off in silence.
test.each<[given: object, words: string, path: string[]]>([
  [{ httpOnly: true }, "webhooks.httpOnly is no option", ["httpOnly"]],
  [{ denyAdresses: ["10.0.0.0/8"] }, "webhooks.denyAdresses is no option", ["denyAdresses"]],
  [{ policy: { disableMS: 5 } }, "webhooks.policy.disableMS is no option", ["policy", "disableMS"]],
  [{ httpsOnly: "false" }, "webhooks.httpsOnly 'false' must be true or false", ["httpsOnly"]],
  [{ denyAddresses: "10.0.0.0/8" }, "must be a list of texts", ["denyAddresses"]],
  [{ denyPorts: ["22"] }, "must be a list of ports", ["denyPorts"]],
  [{ publicAccount: "acme" }, "must be a function", ["publicAccount"]],
  [{ policy: 5 }, "webhooks.policy 5 must be an object", ["policy"]],
])("%o is refused with the name of the option", (given, words, path) => {
  expect(() => webhookSettings({ secretKey, ...given })).toThrow(
    expect.objectContaining({
      code: "INVALID_OPTION",
      message: expect.stringContaining(words) as string,
      path: ["webhooks", ...path],
    }),
  );
});
