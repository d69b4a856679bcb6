import type { SignatureScheme } from "./endpoint.ts";
import type { Scheme, SigningInput } from "./scheme.ts";
import { github } from "./schemes/github.ts";
import { hmacHex } from "./schemes/hmacHex.ts";
import { standard, standardEd25519 } from "./schemes/standard.ts";
import { stripe } from "./schemes/stripe.ts";

/** Every way to sign, by name. */
export const schemes: { readonly [Name in SignatureScheme]: Scheme } = {
  standard,
  "standard-ed25519": standardEd25519,
  "hmac-hex": hmacHex,
  stripe,
  github,
};

/**
 * The headers of one request. `webhook-id` is there in every scheme: receivers know by it what they have seen. `compat`
 * adds those of the other symmetric schemes, made with the same secret, for a receiver that moves from one to another.
 * Throws INVALID_SECRET when no key can sign.
 */
export function sign(
  name: SignatureScheme,
  input: SigningInput,
  compat = false,
): Readonly<Record<string, string>> {
  const others = compat && input.keys.some(({ kind }) => kind === "hmac") ? symmetric : [];
  return Object.assign(
    { "webhook-id": input.id },
    ...others.map((scheme) => scheme.sign(input)),
    schemes[name].sign(input),
  ) as Record<string, string>;
}

const symmetric = Object.values(schemes).filter(({ keyKind }) => keyKind === "hmac");
