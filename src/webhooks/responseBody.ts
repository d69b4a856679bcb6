import type { Readable } from "node:stream";

/**
 * How much of an answer is read, and kept. It is read further than kept so that the connection can serve the next request; beyond
 * these bounds it is closed: an endless body costs a connection, not the worker's memory or time.
 */
export const bodyLimits = { readBytes: 64 * 1024, keptBytes: 16 * 1024, readMs: 2_000 } as const;

export interface ResponseBody {
  /** As they came: neither decompressed nor decoded. */
  readonly bytes: Buffer;
  /** Whether the answer had more, as far as is known. */
  readonly truncated: boolean;
}

/** Reads the beginning of a body. Never rejects: the status has been said, and a body that breaks off does not unsay it. */
export function readBody(stream: Readable, withinMs: number): Promise<ResponseBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let seen = 0;
    const timer = setTimeout(() => stop(), Math.min(withinMs, bodyLimits.readMs));

    stream
      .on("data", (chunk: Buffer) => {
        if (seen < bodyLimits.keptBytes) chunks.push(chunk.subarray(0, bodyLimits.keptBytes - seen));
        seen += chunk.length;
        if (seen > bodyLimits.readBytes) stop();
      })
      .on("end", () => finish(seen > bodyLimits.keptBytes))
      .on("error", () => finish(true));

    function stop(): void {
      finish(true);
      stream.destroy();
    }

    function finish(truncated: boolean): void {
      clearTimeout(timer);
      // A copy: a chunk is a window on a buffer of 64 KiB, which would stay as long as the answer does.
      resolve({ bytes: Buffer.concat(chunks), truncated });
      chunks.length = 0;
    }
  });
}
