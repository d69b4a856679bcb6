import { renderSlack } from "../../events/renderSentence.ts";
import type { Format } from "../format.ts";

/** A line of text for a Slack incoming webhook, and for everything that understands those (Mattermost, Discord's /slack). */
export const slack: Format = {
  name: "slack",
  write: (_event, { sentence }) => ({
    contentType: "application/json",
    headers: {},
    body: Buffer.from(JSON.stringify({ text: renderSlack(sentence) })),
  }),
};
