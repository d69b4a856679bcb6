import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { directory, inMemory } from "./database.ts";

/**
 * What seals the endpoints' secrets. The sample makes its own on the first start and keeps it beside the database; an app takes it from
 * where it keeps its other secrets.
 */
export const secretKey = inMemory ? newKey() : keptKey(join(directory, "webhook-key"));

/** Of the bundled receiver, which is told it without anybody copying it. */
export const receiverSecret = `whsec_${createHmac("sha256", Buffer.from(secretKey, "base64")).update("bundled receiver").digest("base64")}`;

function keptKey(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    const key = newKey();
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, key, { mode: 0o600 });
    return key;
  }
}

function newKey(): string {
  return randomBytes(32).toString("base64");
}
