import type { Scheme } from "../scheme.ts";
import { hexHmac, signable } from "./signingKeys.ts";

/**
 * The body's HMAC in hex, as many applications send it. There is room for one signature, that of the newest key: a
 * receiver takes over the new secret before it drops the old one. Time and id are not signed: see the standard scheme.
 */
export const hmacHex: Scheme = {
  name: "hmac-hex",
  keyKind: "hmac",
  sign: ({ id, type, body, keys }) => ({
    "x-webhook-id": id,
    "x-webhook-event": type,
    "x-webhook-signature": hexHmac(signable(keys, ["hmac"])[0], body),
  }),
};
