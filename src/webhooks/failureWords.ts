/**
 * Why a try failed, in one word that people read and filters match:
 *
 * | word | what happened | is it worth another try |
 * |---|---|---|
 * | `status` | answered, neither 2xx nor 3xx | yes |
 * | `redirect` | answered 3xx, which is never followed | yes |
 * | `timeout` | no status within the endpoint's timeout, from the first look-up on | yes |
 * | `dns` | the host's name has no address, or nobody could say | yes |
 * | `connect` | no connection: nobody listens, no route, no answer within 5 s | yes |
 * | `tls` | the certificate or the handshake was not acceptable | yes |
 * | `reset` | the connection ended before a status came | yes |
 * | `protocol` | the answer was not HTTP/1.1, or its head was larger than 16 KiB | yes |
 * | `refused_address` | the address guard let no connection be made | no |
 * | `bad_url` | the stored URL breaks a rule that is stricter now | no |
 * | `worker_lost` | the process ended before the result was known; the sweep writes it | the first in a row at once, the third yes |
 * | `internal` | it was our fault | yes |
 */
export const attemptFailures = [
  "status",
  "redirect",
  "timeout",
  "dns",
  "connect",
  "tls",
  "reset",
  "protocol",
  "refused_address",
  "bad_url",
  "worker_lost",
  "internal",
] as const;

export type AttemptFailure = (typeof attemptFailures)[number];

/**
 * Thrown inside the wire where it is known what a failure means. `detail` is read by customers: it never tells an address, and
 * the same text stands for every state of a port, so that nobody can explore a network through us.
 */
export class AttemptError extends Error {
  override readonly name = "AttemptError";
  readonly failure: AttemptFailure;
  readonly detail: string;

  constructor(failure: AttemptFailure, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.failure = failure;
    this.detail = detail;
  }
}
