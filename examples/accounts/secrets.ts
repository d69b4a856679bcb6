import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(scrypt) as (password: string, salt: Buffer, bytes: number) => Promise<Buffer>;

/** Another one at each call, even for the same password: the salt is random. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString("hex")}:${(await derive(password, salt, 32)).toString("hex")}`;
}

export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [salt, derived] = hash.split(":").map((part) => Buffer.from(part, "hex"));
  return timingSafeEqual(await derive(password, salt!, 32), derived!);
}

export function newToken(): string {
  return randomBytes(24).toString("base64url");
}

/** What of a token is kept: it is random enough to need no salt, so it can be looked up. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
