import { receiverSecret } from "./database/secretKey.ts";
import type { Receiver } from "./receiver.ts";
import { account, tidings } from "./tidings.ts";

const DESCRIPTION = "The receiver that comes with the board";

/**
 * A board without endpoints gets one, so that there is something to see: the bundled receiver, which may listen on another port than the
 * last time.
 */
export async function sendToReceiver(receiver: Receiver): Promise<void> {
  receiver.learn(receiverSecret);
  const { endpoints } = tidings.webhooks;
  const present = await endpoints.list({ account });
  const bundled = present.find(({ description }) => description === DESCRIPTION);
  if (bundled && bundled.url !== receiver.url) {
    await endpoints.update(bundled.id, { url: receiver.url }, { account });
  }
  if (present.length === 0) {
    // What happened before there was an endpoint is history: the week that the board begins with is not sent.
    await tidings.work();
    const input = { url: receiver.url, types: ["*"], description: DESCRIPTION, secret: receiverSecret };
    await endpoints.create(input, { account });
  }
}

/** Opens the portal for an hour, for whoever may see the board: the page hands it to the frame that it shows the portal in. */
export function portalToken(): string {
  return tidings.webhooks.portalToken({ account, role: "manage" });
}
