import { onTestFinished } from "vitest";
import { createAddressGuard, type AddressGuardOptions } from "../../../src/webhooks/addressGuard.ts";
import {
  createSender,
  type OutgoingRequest,
  type RequestResult,
  type Sender,
  type SenderOptions,
} from "../../../src/webhooks/sendRequest.ts";

export const MESSAGE = Buffer.from('{"type":"card.moved","data":{"to":"done"}}');

/** A sender that may reach 127.0.0.1, where the test's servers are. It ends with the test. */
export function testSender({
  userAgent = "Tidings-Webhooks/0.0.0",
  caCertificates,
  unsafeTls,
  ...guard
}: AddressGuardOptions & Partial<Omit<SenderOptions, "guard">> = {}): Sender {
  const sender = createSender({
    guard: createAddressGuard({ allow: ["127.0.0.1"], ...guard }),
    userAgent,
    caCertificates,
    unsafeTls,
  });
  onTestFinished(() => sender.close());
  return sender;
}

/** Sends the message to `url` once. */
export function post(
  sender: Sender,
  url: string,
  request: Partial<Omit<OutgoingRequest, "url">> = {},
): Promise<RequestResult> {
  return sender.send({ url, headers: {}, body: MESSAGE, timeoutMs: 10_000, ...request });
}
