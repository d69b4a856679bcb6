// An in-memory Tidings
export { createTestTidings } from "./createTestTidings.ts";
export type { TestTidings, TestTidingsOptions } from "./createTestTidings.ts";
export { createClock } from "./clock.ts";
export type { Clock, ClockStep } from "./clock.ts";

// What was recorded
export { expectNothingRecorded, expectRecorded } from "./expectRecorded.ts";
export type { ExpectNothingOptions } from "./expectRecorded.ts";
export type { EntityExpectation, EventExpectation, ExpectedEvent } from "./matchExpectation.ts";
export { nextEvent } from "./nextEvent.ts";
export type { NextEventOptions } from "./nextEvent.ts";

// What a replay gives
export { expectReplayEqualsState } from "./expectReplayEqualsState.ts";
export type { ExpectReplayOptions } from "./expectReplayEqualsState.ts";

// What to record
export { fixture } from "./fixture.ts";
export type { FixtureOverrides } from "./fixture.ts";

// What was sent
export { captureWebhooks } from "./captureWebhooks.ts";
export type { CaptureAnswer, CapturedRequest, CaptureOptions, WebhookCapture } from "./captureWebhooks.ts";
export { expectDelivered } from "./expectDelivered.ts";
export { expectEnqueued } from "./expectEnqueued.ts";
export type { DeliveryExpectation } from "./matchDeliveries.ts";
