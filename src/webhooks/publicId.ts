import { TidingsError, type ErrorCode } from "../errors.ts";

/** What has an id that customers see: the prefix says what it is, and what to answer when there is none. */
const kinds = {
  endpoint: { prefix: "ep_", missing: "ENDPOINT_NOT_FOUND" },
  message: { prefix: "msg_", missing: "MESSAGE_GONE" },
  delivery: { prefix: "dlv_", missing: "DELIVERY_NOT_FOUND" },
  job: { prefix: "job_", missing: "JOB_NOT_FOUND" },
  key: { prefix: "key_", missing: "ENDPOINT_NOT_FOUND" },
} as const satisfies Record<string, { prefix: string; missing: ErrorCode }>;

export type PublicIdKind = keyof typeof kinds;

// In the order of ASCII: ids of one kind sort as their UUIDs do, by time.
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = BigInt(DIGITS.length);
const WIDTH = 22; // 62 ** 22 is the first power above 2 ** 128

/** `ep_…`: a UUID in base 62, 22 letters and digits. No dot: a signature's parts are divided by dots. */
export function publicId(kind: PublicIdKind, uuid: string): string {
  let left = BigInt(`0x${uuid.replaceAll("-", "")}`);
  let digits = "";
  for (let place = 0; place < WIDTH; place++) {
    digits = DIGITS[Number(left % BASE)] + digits;
    left /= BASE;
  }
  return kinds[kind].prefix + digits;
}

/** The UUID of such an id. Throws what the kind's absence is called: an id that cannot be one belongs to nobody. */
export function uuidOf(kind: PublicIdKind, id: string): string {
  const { prefix, missing } = kinds[kind];
  if (typeof id !== "string" || !id.startsWith(prefix) || !/^[0-9A-Za-z]{22}$/.test(id.slice(prefix.length)))
    throw new TidingsError(missing);
  let value = 0n;
  for (const digit of id.slice(prefix.length)) value = value * BASE + BigInt(DIGITS.indexOf(digit));
  if (value >= 1n << 128n) throw new TidingsError(missing);
  const hex = value.toString(16).padStart(32, "0");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
