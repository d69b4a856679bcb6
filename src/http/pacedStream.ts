export interface Pace {
  /** Sends this when nothing else was sent for `heartbeatMs`. */
  readonly heartbeat: () => string;
  readonly heartbeatMs: number;
  /** Gives a reader up that has not asked for more for so long while something waits for it. */
  readonly slowConsumerMs: number;
  /** Called when a reader is given up, unless all that waited was the end. */
  readonly onSlow: () => void;
  readonly onFailed: (error: unknown) => void;
  /** Called once, however the stream ends: lets the chunk under way come to its end. */
  readonly onEnd: () => void;
}

/**
 * Text as a stream that is made only as fast as it is read: one chunk is prepared ahead, so that it can be known that
 * something waits, and the next one is asked for when that is taken. A reader that stops reading costs one chunk of
 * memory until it is dropped.
 */
export function pacedStream(chunks: AsyncGenerator<string, void>, pace: Pace): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  type Prepared = IteratorResult<string, void> | { readonly failed: unknown };
  let prepared: Prepared | undefined;
  let onPrepared: (() => void) | undefined; // set while a read is under way
  let slow: NodeJS.Timeout | undefined;
  let ended = false;

  function end(): void {
    clearTimeout(slow);
    if (ended) return;
    ended = true;
    pace.onEnd();
    void chunks.return().catch(pace.onFailed);
  }

  function prepareNext(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const arrive = (result: Prepared) => {
      if (ended) return;
      prepared = result;
      if (onPrepared) return onPrepared();
      slow = setTimeout(() => drop(controller), pace.slowConsumerMs);
      slow.unref();
    };
    prepared = undefined;
    chunks.next().then(arrive, (failed: unknown) => arrive({ failed }));
  }

  function drop(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const onlyTheEndWaits = prepared !== undefined && "done" in prepared && prepared.done;
    if (!onlyTheEndWaits) pace.onSlow();
    end();
    // An error, not an end: a server that still waits for the socket to drain would keep it open after an end.
    controller.error(new Error("The reader of a live stream did not keep up"));
  }

  function preparedOrHeartbeat(): Promise<void> {
    if (prepared) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(done, pace.heartbeatMs);
      timer.unref();
      onPrepared = done;
      function done(): void {
        clearTimeout(timer);
        onPrepared = undefined;
        resolve();
      }
    });
  }

  return new ReadableStream<Uint8Array>(
    {
      start: prepareNext,
      pull: async (controller) => {
        clearTimeout(slow);
        await preparedOrHeartbeat();
        if (ended) return;
        if (prepared === undefined) return controller.enqueue(encoder.encode(pace.heartbeat()));
        if ("failed" in prepared || prepared.done) {
          if ("failed" in prepared) pace.onFailed(prepared.failed);
          end();
          return controller.close();
        }
        controller.enqueue(encoder.encode(prepared.value));
        prepareNext(controller);
      },
      cancel: () => {
        end();
        onPrepared?.();
      },
    },
    // Nothing is pulled before somebody reads.
    { highWaterMark: 0 },
  );
}
