import { once } from "node:events";
import { createInterface } from "node:readline";
import { Pool } from "pg";
import { pg } from "../../../src/db/pg.ts";
import { createTidings } from "../../../src/tidings.ts";
import { writeDown } from "./handler.ts";
import { itemEvents } from "./itemEvents.ts";

/** A process that runs the loops, and in them subscriptions that write down what they are given. */
export interface WorkerSettings {
  readonly url: string;
  readonly leaseMs: number;
  readonly listen?: boolean | undefined;
  readonly subscriptions: readonly {
    readonly name: string;
    readonly slots?: number | undefined;
    readonly key?: "account" | "subject" | undefined;
    readonly batch?: number | undefined;
    readonly maxAttempts?: number | undefined;
  }[];
}

const settings = JSON.parse(process.argv[2]!) as WorkerSettings;
const pool = new Pool({ connectionString: settings.url });
pool.on("error", () => undefined);
const commands = createInterface({ input: process.stdin });
const tidings = createTidings({
  db: pg(pool, { listen: settings.listen ?? true }),
  events: itemEvents,
  notify: settings.listen ?? true,
  subscriptions: { leaseMs: settings.leaseMs },
});
for (const { name, ...options } of settings.subscriptions) {
  tidings.subscribe(name, {
    from: "start",
    ...options,
    run: writeDown(name, {
      exit: () => process.exit(7),
      pause: async ({ position }) => {
        console.log(`paused ${position}`);
        await once(commands, "line");
      },
    }),
  });
}
tidings.signals.on("subscription.handled", ({ name, position }) =>
  console.log(`handled ${name} ${position}`),
);
tidings.signals.on("subscription.lease_lost", ({ name }) => console.log(`lost ${name}`));
tidings.signals.on("sequencer.ticked", ({ lastPosition }) => console.log(`ticked ${lastPosition}`));
console.log("ready"); // before the start: what a handler is given first may end this process
await tidings.start();
