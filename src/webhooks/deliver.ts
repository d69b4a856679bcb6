import { sealedFor, type Sealing } from "./sealing.ts";
import type { Signals } from "../signals.ts";
import type { ClaimedDelivery, ClaimedEndpoint } from "./claim.ts";
import type { AttemptResult } from "./complete.ts";
import { expired, outcome, unsent, type RetrySettings } from "./outcome.ts";
import { publicId } from "./publicId.ts";
import { liveSecrets } from "./rotation.ts";
import type { SigningInput, SigningKey } from "./scheme.ts";
import { sign } from "./schemes.ts";
import type { HeaderList, Sender } from "./sendRequest.ts";

/** Makes the one request of a claimed delivery and says what became of it. `endpoint` is undefined when it is gone. Never rejects. */
export type Deliver = (
  delivery: ClaimedDelivery,
  endpoint: ClaimedEndpoint | undefined,
) => Promise<AttemptResult>;

export interface DeliverDependencies {
  readonly sender: Pick<Sender, "send">;
  readonly sealing: Pick<Sealing, "open">;
  readonly signals: Signals;
  readonly retry: RetrySettings;
}

export function createDeliver({ sender, sealing, signals, retry }: DeliverDependencies): Deliver {
  const openSecrets = createOpening(sealing);

  return async (delivery, endpoint) => {
    if (endpoint === undefined) return expired(delivery, "endpoint_deleted");
    if (delivery.body === null) return expired(delivery, "message_gone");
    try {
      const { headers, shown, body } = write(delivery, delivery.body, endpoint, openSecrets(endpoint));
      const { url, timeoutMs } = endpoint;
      const result = await sender.send({ url, headers, body, timeoutMs });
      return outcome(delivery, endpoint, shown, result, retry);
    } catch (error) {
      // A secret that does not open, a key that cannot sign: the app's own fault, which it must hear of.
      const result = unsent(delivery, endpoint, retry);
      signals.emit("loop.failed", { loop: "webhooks", error, retryInMs: result.retryMs ?? 0 });
      return result;
    }
  };
}

/** An endpoint's secrets and own headers, readable. Stays in memory; only `shown` is ever written down. */
interface Opened {
  readonly revision: number;
  readonly secrets: readonly (SigningKey & { readonly validUntil: number | null })[];
  readonly headers: Readonly<Record<string, string>>;
  readonly shown: HeaderList;
}

const MOST_OPENED = 1_000;
const REDACTED = "[redacted]";

/** Opening takes 20 µs a secret; an endpoint's are kept until it changes. */
function createOpening(sealing: Pick<Sealing, "open">): (endpoint: ClaimedEndpoint) => Opened {
  const kept = new Map<string, Opened>();
  return (endpoint) => {
    const bound = sealedFor(endpoint.account, endpoint.id);
    const known = kept.get(bound);
    if (known?.revision === endpoint.revision) return known;
    const headers: Record<string, string> =
      endpoint.headers === null ? {} : JSON.parse(sealing.open(endpoint.headers, bound));
    const opened = {
      revision: endpoint.revision,
      secrets: endpoint.secrets.map(({ kind, sealed, validUntil }) => ({
        kind,
        secret: sealing.open(sealed, bound),
        validUntil,
      })),
      headers,
      shown: Object.fromEntries(Object.keys(headers).map((name) => [name, REDACTED])),
    };
    if (kept.size >= MOST_OPENED) kept.delete(kept.keys().next().value!);
    kept.set(bound, opened);
    return opened;
  };
}

/** The request, and its headers as the log may show them: a signature or a token there could be used by whoever reads it. */
function write(delivery: ClaimedDelivery, base64: string, endpoint: ClaimedEndpoint, opened: Opened) {
  const body = Buffer.from(base64, "base64");
  const input: SigningInput = {
    id: publicId("message", delivery.message),
    type: delivery.type,
    timestamp: Math.floor(delivery.nowMs / 1_000), // of this attempt; receivers refuse old ones
    body,
    keys: liveSecrets(opened.secrets, delivery.nowMs),
  };
  const signed = sign(endpoint.scheme, input, endpoint.compat);
  const own = {
    "content-type": delivery.contentType,
    ...delivery.headers,
    // Not signed, and not needed to tell repeats apart: the id is the same on every attempt.
    "webhook-attempt": String(delivery.attempts + 1),
  };
  return {
    body,
    headers: { ...opened.headers, ...own, ...signed },
    shown: { ...opened.shown, ...own, ...redactSignatures(signed) },
  };
}

function redactSignatures(signed: Readonly<Record<string, string>>): HeaderList {
  const shown: Record<string, string> = {};
  for (const name in signed) shown[name] = name.includes("signature") ? REDACTED : signed[name]!;
  return shown;
}
