import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { AnyEventDefinition } from "../events/defineEvent.ts";
import { checkNames } from "../events/filter.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { accountName } from "./accountName.ts";
import { readDelivery, type Delivery } from "./delivery.ts";
import { enqueue } from "./enqueue.ts";
import { exampleRecordedEvent } from "./exampleEvent.ts";
import { checkEnabled, findTarget, type Target } from "./target.ts";
import { matchesType } from "./typePattern.ts";
import type { MessageWriter } from "./writeMessage.ts";

export interface TestEvents {
  /**
   * Sends an example of a type, which is recorded nowhere: its actor is `system:tidings`, called "Test". Default: the first
   * type that the endpoint asks for and that has an example. Throws UNKNOWN_TYPE where there is none, ENDPOINT_DISABLED.
   */
  test(
    endpoint: string,
    options?: { readonly type?: string | undefined; readonly account?: string | undefined },
  ): Promise<Delivery>;
}

export interface TestEventDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly writer: MessageWriter;
  readonly accountOf: (given: string | undefined) => string;
}

export function createTestEvents({ db, registry, writer, accountOf }: TestEventDependencies): TestEvents {
  return {
    test: async (endpoint, options = {}) => {
      checkNames(options, accountName, { type: true });
      const account = accountOf(options.account);
      const target = await findTarget(db, account, endpoint);
      checkEnabled(target);
      const example = findExample(account, candidates(registry, target, options.type));
      const message = example && writer.write(example, target);
      if (!message) throw new TidingsError("UNKNOWN_TYPE", { detail: noExample(options.type) });
      return db.transaction(async (tx) => {
        // In no line: a test must not wait behind what is stuck.
        const wanted = [{ message: 0, endpoint: target.id, key: null }];
        const [made] = await enqueue(tx, "test", [message], wanted);
        if (!made) throw new TidingsError("ENDPOINT_NOT_FOUND"); // deleted just now
        return readDelivery(tx, account, made.delivery);
      });
    },
  };
}

function candidates(registry: Registry, target: Target, type: string | undefined): AnyEventDefinition[] {
  const given = type === undefined ? undefined : registry.find(type);
  const wanted = type === undefined ? registry.types : given ? [given] : [];
  return wanted.filter(
    ({ type: name, webhook }) => webhook !== null && (given !== undefined || matchesType(target.types, name)),
  );
}

function findExample(account: string, definitions: readonly AnyEventDefinition[]): RecordedEvent | null {
  for (const definition of definitions) {
    const example = exampleRecordedEvent(definition, { account });
    if (example === null) continue;
    return {
      ...example,
      actor: { type: "system", id: "tidings", label: "Test" },
      occurredAt: new Date(),
    };
  }
  return null;
}

function noExample(type: string | undefined): string {
  return type === undefined
    ? "No type that the endpoint asks for has an example"
    : `"${type.slice(0, 100)}" does not go out, or has no example`;
}
