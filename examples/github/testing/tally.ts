import type { Delivery } from "../mapDelivery.ts";
import { said } from "./said.ts";

// What the payloads themselves say must be in the log. Made from the raw JSON by the table below and nothing of the
// mapping, so that a mistake there cannot hide here.

export interface Tally {
  readonly total: number;
  /** Events of each type, under `account type`. */
  readonly types: ReadonlyMap<string, number>;
  /** Events of each category, under `account category`. */
  readonly categories: ReadonlyMap<string, number>;
  readonly accounts: ReadonlyMap<string, number>;
  /** Events of each entity, under `account entity`. */
  readonly timelines: ReadonlyMap<string, number>;
}

export function tallyOf(deliveries: readonly Delivery[]): Tally {
  const types = new Map<string, number>();
  const categories = new Map<string, number>();
  const accounts = new Map<string, number>();
  const timelines = new Map<string, number>();
  let total = 0;
  for (const { event, payload } of deliveries) {
    const action = at(payload, "action");
    const name = typeof action === "string" ? `${event}.${action}` : event;
    const row = said[name];
    if (!row) throw new Error(`The tally does not know ${name}`);
    const [type, ...entities] = row;
    const account = accountOf(payload);
    const about = new Set(["sender", "repository", ...entities].flatMap((rule) => keysOf(rule, payload)));
    if (at(payload, "sender") === undefined) about.add("system:github");
    // A change of the wiki is one event a page.
    const pages = event === "gollum" ? (at(payload, "pages") as readonly unknown[]).length : 1;
    total += pages;
    add(types, `${account} ${type}`, pages);
    add(categories, `${account} ${type.split(".")[0]}`, pages);
    add(accounts, account, pages);
    for (const entity of about) add(timelines, `${account} ${entity}`, pages);
  }
  return { total, types, categories, accounts, timelines };
}

function add(to: Map<string, number>, key: string, count: number): void {
  to.set(key, (to.get(key) ?? 0) + count);
}

const OWNERS = [
  "organization.login",
  "repository.owner.login",
  "installation.account.login",
  "marketplace_purchase.account.login",
  "sponsorship.sponsorable.login",
  "sender.login",
];

function accountOf(payload: unknown): string {
  const owner = OWNERS.map((path) => at(payload, path)).find((login) => login !== undefined);
  return typeof owner === "string" ? owner : "github";
}

/** The entities, as `type:id`, that a rule finds in a payload. */
function keysOf(rule: string, payload: unknown): string[] {
  const [kind, ...rest] = rule.split(" ") as [string, ...string[]];
  const home = String(at(payload, "repository.id"));
  const found = (path: string | undefined) =>
    [at(payload, path ?? kind)].flat().filter((value) => value != null);
  switch (kind) {
    case "sender":
    case "person":
      return found(rest[0]).map((person) => `${kindOfPerson(at(person, "type"))}:${at(person, "id")}`);
    case "ticket":
      return found(rest[0]).map((ticket) => {
        const type = at(ticket, "pull_request") === undefined ? "issue" : "pull_request";
        return `${type}:${at(payload, `${rest[1]}.id`)}#${at(ticket, "number")}`;
      });
    case "pull":
      return found(rest[0]).map((pull) => `pull_request:${home}#${at(pull, "number")}`);
    case "numbered":
      return found(rest[1]).map((number) => `${rest[0]}:${home}#${number}`);
    case "commit":
      return found(rest[0]).flatMap((sha) => (sha === "" ? [] : [`commit:${sha}`]));
    case "ref":
      return found(rest[0]).map((ref) =>
        String(ref).startsWith("refs/tags/")
          ? `tag:${home}:${String(ref).slice(10)}`
          : `branch:${home}:${String(ref).replace(/^refs\/heads\//, "")}`,
      );
    case "tag":
    case "workflow":
      return found(rest[0]).map((name) => `${kind}:${home}:${name}`);
    case "named":
      return found(rest[1]).map((name) => `${rest[0]}:${home}:${name}`);
    case "value":
      return found(rest[1]).map((id) => `${rest[0]}:${id}`);
    case "last":
      return found(rest[1]).map((url) => `${rest[0]}:${String(url).split("/").at(-1)}`);
    default:
      return found(rest[0]).map((entity) => `${kind}:${at(entity, "id")}`);
  }
}

function kindOfPerson(type: unknown): string {
  return type === "Bot" ? "bot" : type === "Organization" ? "organization" : "user";
}

/** The value at `a.b[].c`; undefined where there is none. */
function at(value: unknown, path: string): unknown {
  let here = value;
  for (const step of path.split(".")) {
    const key = step.replace("[]", "");
    here = Array.isArray(here) ? here.map((item) => property(item, key)) : property(here, key);
  }
  return here;
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
