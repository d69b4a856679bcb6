import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { itemLine, type LiveItem } from "./liveItem.ts";
import { nearest } from "./nearest.ts";
import { createTerminal, printable } from "./terminal.ts";
import { parseMoment } from "./time.ts";

function terminalOf({
  isTTY = true,
  environment = {},
  columns = 80,
}: { isTTY?: boolean; environment?: NodeJS.ProcessEnv; columns?: number } = {}) {
  const stdout = Object.assign(new PassThrough(), { isTTY, columns });
  const stderr = Object.assign(new PassThrough(), { isTTY, columns });
  const terminal = createTerminal(Readable.from([]), stdout, stderr, environment);
  return {
    terminal,
    stdout,
    stderr,
    written: async () => [await text(stdout.end()), await text(stderr.end())],
  };
}

describe("the terminal", () => {
  test("has colours for a person only, and not when NO_COLOR is set", () => {
    expect(terminalOf().terminal.paint("red", "x")).toBe("\u001b[31mx\u001b[39m");
    expect(terminalOf({ isTTY: false }).terminal.paint("red", "x")).toBe("x");
    expect(terminalOf({ environment: { NO_COLOR: "1" } }).terminal.paint("red", "x")).toBe("x");
    expect(terminalOf({ environment: { TERM: "dumb" } }).terminal.paint("red", "x")).toBe("x");
  });

  test("shows progress to a person only, and wipes it away before the next line", async () => {
    const person = terminalOf();
    person.terminal.progress("half done");
    person.terminal.print("done");
    expect(await person.written()).toEqual(["done\n", "\r\u001b[2Khalf done\r\u001b[2K"]);
    const pipe = terminalOf({ isTTY: false });
    pipe.terminal.progress("half done");
    expect(await pipe.written()).toEqual(["", ""]);
  });

  test("cuts progress that would go over the edge, where it could not be wiped away", async () => {
    const narrow = terminalOf({ columns: 10 });
    narrow.terminal.progress("nine char");
    narrow.terminal.progress("ten of them");
    narrow.terminal.endProgress();
    const [, shown] = await narrow.written();
    expect(shown).toBe("\r\u001b[2Knine char\r\u001b[2Kten of t…\r\u001b[2K");
  });

  test("keeps colours out of a log of errors", async () => {
    const { terminal, stderr, written } = terminalOf();
    stderr.isTTY = false;
    terminal.note(terminal.paint("red", "error"));
    expect(await written()).toEqual(["", "error\n"]);
  });

  test.each(["EPIPE", "EIO"])("notices by %s that nobody reads the results any more", (code) => {
    const { terminal, stdout } = terminalOf({ isTTY: false });
    expect(terminal.unread.aborted).toBe(false);
    stdout.emit("error", Object.assign(new Error(`write ${code}`), { code }));
    expect(terminal.unread.aborted).toBe(true);
  });

  test("prints no control character of a text from the log", () => {
    expect(printable("a\u001b[2J\nb\u0000\u202ec\u009b1m")).toBe("a\ufffd[2J b\ufffd\ufffdc\ufffd1m");
    expect(printable("Zoë · 日本 👩‍🚀")).toBe("Zoë · 日本 👩‍🚀");
  });
});

describe("a line of tail", () => {
  const now = new Date(2026, 10, 20, 15);
  const item: LiveItem = {
    position: 42,
    id: "0193b0c2-6f6e-7c4a-9d3e-5b1f0a2c4d6e",
    type: "card.moved",
    lane: "domain",
    severity: "info",
    occurredAt: new Date(2026, 10, 20, 14, 2, 11).toISOString(),
    text: "Ann moved Fix the login",
  };
  const { terminal } = terminalOf({ isTTY: false });

  test("has time, lane, type, sentence and position", () => {
    expect(itemLine(item, now, terminal)).toBe(
      "14:02:11  domain  card.moved            Ann moved Fix the login  #42",
    );
  });

  test("has the day of what is not of today, and the severity of what is not plain information", () => {
    const old = { ...item, occurredAt: new Date(2026, 10, 19, 9).toISOString(), severity: "error" as const };
    expect(itemLine(old, now, terminal)).toMatch(/^2026-11-19 09:00:00 .* error Ann moved/);
  });
});

describe("the nearest name", () => {
  test("is found for slips of the hand, and for beginnings", () => {
    const names = ["migrate", "tail", "record", "generate docs", "doctor"];
    expect(["tial", "migrte", "recrod", "gen", "doc"].map((typed) => nearest(typed, names))).toEqual([
      "tail",
      "migrate",
      "record",
      "generate docs",
      "doctor",
    ]);
    expect(nearest("webhooks", names)).toBeUndefined();
  });
});

describe("a moment", () => {
  test("is a time, a day, or how long ago", () => {
    const now = Date.UTC(2026, 10, 20, 12);
    expect(parseMoment("--since", "90m", now).toISOString()).toBe("2026-11-20T10:30:00.000Z");
    expect(parseMoment("--since", "2d", now).toISOString()).toBe("2026-11-18T12:00:00.000Z");
    expect(parseMoment("--since", "2026-11-20T09:30:00+02:00").toISOString()).toBe(
      "2026-11-20T07:30:00.000Z",
    );
    for (const wrong of ["soon", "5", "-5m", "2026-13-45", ""]) {
      expect(() => parseMoment("--since", wrong)).toThrow(expect.objectContaining({ code: "USAGE" }));
    }
  });
});
