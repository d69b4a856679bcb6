import { describe, expect, test } from "vitest";
import { answerText, hostileServer } from "./hostileServer.ts";
import { post, testSender } from "./testSender.ts";

describe("redirects", () => {
  test.each([301, 302, 303, 307, 308])(
    "case 5: %i is a failure and its target is never visited",
    async (status) => {
      const target = await hostileServer((socket) => socket.write(answerText("200 OK")));
      const server = await hostileServer((socket) =>
        socket.write(answerText(`${status} Elsewhere`, [`location: ${target.url}`], "see there")),
      );

      const result = await post(testSender(), server.url);

      expect(result).toMatchObject({
        status,
        failure: "redirect",
        detail: `answered ${status}; redirects are not followed`,
        responseHeaders: { location: target.url },
        truncated: false,
      });
      expect(result.responseBody?.toString()).toBe("see there");
      expect([server.requests.length, target.connections.length]).toEqual([1, 0]);
    },
  );

  test("case 6: a redirect to a metadata service or to this machine leads nowhere", async () => {
    const inside = await hostileServer((socket) => socket.write(answerText("200 OK", [], "secret")));
    for (const location of ["http://169.254.169.254/latest/meta-data/", inside.url, "file:///etc/passwd"]) {
      const server = await hostileServer((socket) =>
        socket.write(answerText("302 Found", [`location: ${location}`])),
      );
      expect(await post(testSender(), server.url)).toMatchObject({ status: 302, failure: "redirect" });
    }
    expect(inside.connections).toHaveLength(0);
  });
});
