/** Does one piece of work after the other: a transaction has one connection, and savepoints do not nest side by side. */
export interface WorkQueue {
  add<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves when nothing is left, whatever became of it. */
  drained(): Promise<void>;
}

export function createWorkQueue(): WorkQueue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    add: (work) => {
      const done = last.then(work);
      last = done.catch(() => undefined);
      return done;
    },
    drained: async () => {
      // What is under way may add more.
      for (let awaited; awaited !== last;) await (awaited = last);
    },
  };
}
