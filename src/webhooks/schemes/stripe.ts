import type { Scheme } from "../scheme.ts";
import { hexHmac, signable } from "./signingKeys.ts";

/** As Stripe signs: `t=…,v1=…`, once for each valid key. The key is the whole secret, `whsec_` included. */
export const stripe: Scheme = {
  name: "stripe",
  keyKind: "hmac",
  sign: ({ timestamp, body, keys }) => {
    const signatures = signable(keys, ["hmac"]).map((key) => `v1=${hexHmac(key, `${timestamp}.`, body)}`);
    return { "stripe-signature": [`t=${timestamp}`, ...signatures].join(",") };
  },
};
