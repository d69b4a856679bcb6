import type { Scheme } from "../scheme.ts";
import { hexHmac, signable } from "./signingKeys.ts";

/** As GitHub signs: the body alone, with one signature, that of the newest key. */
export const github: Scheme = {
  name: "github",
  keyKind: "hmac",
  sign: ({ id, type, body, keys }) => ({
    "x-github-delivery": id,
    "x-github-event": type,
    "x-hub-signature-256": `sha256=${hexHmac(signable(keys, ["hmac"])[0], body)}`,
  }),
};
