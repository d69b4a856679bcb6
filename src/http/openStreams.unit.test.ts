import { describe, expect, test } from "vitest";
import { createOpenStreams } from "./openStreams.ts";

const reader = (id: string, account = "acme") => ({ account, actor: { type: "user", id, label: null } });

describe("open streams", () => {
  test("one reader cannot take the streams of the others", () => {
    const streams = createOpenStreams({ maxStreams: 5, maxStreamsPerReader: 2 });
    streams.add(reader("ann"));
    const close = streams.add(reader("ann"));
    expect(() => streams.add(reader("ann"))).toThrow("one reader");
    streams.add(reader("ann", "globex"));
    streams.add(reader("ben"));
    close();
    close(); // what ends twice frees one place
    streams.add(reader("ann"));
    expect(() => streams.add(reader("ann"))).toThrow("one reader");
  });

  test("nor can all of them together go beyond the limit", () => {
    const streams = createOpenStreams({ maxStreams: 2, maxStreamsPerReader: 2 });
    const close = streams.add(reader("ann"));
    streams.add(reader("ben"));
    expect(() => streams.add(reader("cyd"))).toThrow("The limit is 2");
    close();
    streams.add(reader("cyd"));
  });
});
