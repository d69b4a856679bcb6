import type { PayloadFormat } from "./endpoint.ts";
import type { Format } from "./format.ts";
import { cloudEvents, cloudEventsBinary } from "./formats/cloudEvents.ts";
import { slack } from "./formats/slack.ts";
import { standard } from "./formats/standard.ts";
import { thin } from "./formats/thin.ts";

/** Every way to write a body, by name. */
export const formats: { readonly [Name in PayloadFormat]: Format } = {
  standard,
  thin,
  cloudevents: cloudEvents,
  "cloudevents-binary": cloudEventsBinary,
  slack,
};
