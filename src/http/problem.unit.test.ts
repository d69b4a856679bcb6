import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { errorTable, TidingsError, type ErrorCode } from "../errors.ts";
import { createSignals } from "../signals.ts";
import { problemSchema, respondWithProblem } from "./problem.ts";

const signals = createSignals();

async function respond(thrown: unknown) {
  const failed: unknown[] = [];
  const off = signals.on("http.failed", (signal) => failed.push(signal));
  const app = new Hono()
    .get("/feed", () => {
      throw thrown;
    })
    .onError((error, c) => respondWithProblem(error, c, signals));
  const response = await app.request("/feed?secret=1");
  off();
  return { response, failed, body: problemSchema.strict().parse(await response.json()) };
}

describe("a problem", () => {
  test.each(Object.keys(errorTable) as ErrorCode[])("has the shape of RFC 9457 for %s", async (code) => {
    const error = new TidingsError(code, { detail: "What", path: ["data", 0], index: 3 });
    const { response, body, failed } = await respond(error);
    expect(response.status).toBe(errorTable[code].status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(body).toEqual({
      type: `urn:tidings:problem:${code}`,
      title: errorTable[code].message,
      status: errorTable[code].status,
      code,
      detail: "What",
      path: ["data", 0],
      index: 3,
      instance: "/feed",
    });
    expect(failed).toHaveLength(errorTable[code].status >= 500 ? 1 : 0);
  });

  test("lists each finding of a batch", async () => {
    const errors = [0, 4].map((index) => new TidingsError("INVALID_DATA", { detail: `#${index}`, index }));
    const { body } = await respond(new TidingsError("BATCH_INVALID", { errors }));
    expect(body.errors).toEqual([
      { code: "INVALID_DATA", title: errorTable.INVALID_DATA.message, detail: "#0", index: 0 },
      { code: "INVALID_DATA", title: errorTable.INVALID_DATA.message, detail: "#4", index: 4 },
    ]);
  });

  test("says nothing of an unknown error to the client, and all of it to the signals", async () => {
    const error = new Error("password authentication failed for user tidings");
    const { response, body, failed } = await respond(error);
    expect(response.status).toBe(500);
    expect(body.code).toBe("INTERNAL");
    expect(JSON.stringify(body)).not.toContain("password");
    expect(failed).toEqual([{ method: "GET", path: "/feed", error }]);
  });

  test("does not show what caused an error", async () => {
    const { body } = await respond(new TidingsError("INVALID_DATA", { cause: new Error("inner") }));
    expect(JSON.stringify(body)).not.toContain("inner");
  });
});
