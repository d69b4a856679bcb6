import type { Database, Transaction } from "../db/database.ts";
import { checkNames, type NamesOf } from "../events/filter.ts";
import { checkIdentifier } from "../events/limits.ts";
import {
  checkChanges,
  checkEndpoint,
  checkKeyKind,
  checkScheme,
  type EndpointRules,
} from "./checkEndpoint.ts";
import { accountName } from "./accountName.ts";
import type { Endpoint, EndpointChanges, EndpointInput, SignatureScheme } from "./endpoint.ts";
import { endpointOf, lockEndpoint, readEndpoint, readEndpoints } from "./endpointRow.ts";
import {
  deleteEndpoint,
  disableEndpoint,
  enableEndpoint,
  forgetFailures,
  wakeWorkers,
} from "./endpointStatus.ts";
import { uuidOf } from "./publicId.ts";
import { checkGrace, defaultGraceSeconds, rotated, sealSecret } from "./rotation.ts";
import { schemes } from "./schemes.ts";
import { sealedFor, type Sealing } from "./sealing.ts";
import { checkSecret, makeSecret } from "./secrets.ts";
import { insertEndpoint, takePlace, updateEndpoint } from "./writeEndpoint.ts";

/** Whose endpoints. Default: the context's account, then the fixed one. */
export interface InAccount {
  readonly account?: string | undefined;
}

/** A new secret, the only time that it is shown. */
export interface WithSecret {
  readonly endpoint: Endpoint;
  readonly secret: string;
}

export interface RotateOptions {
  /** For how long the older secrets sign as well, in seconds: 0 to 604_800. Default 86_400. */
  readonly graceSeconds?: number | undefined;
  /** Default: one is made. */
  readonly secret?: string | undefined;
  /** Changes the scheme together with the secret, for one that needs another kind of secret. Default: as before. */
  readonly scheme?: SignatureScheme | undefined;
}

/** Ids are those that people see: `ep_…`. One of another account is answered like one that never was: ENDPOINT_NOT_FOUND. */
export interface Endpoints {
  /** Throws INVALID_ENDPOINT, INVALID_EXPRESSION, INVALID_SECRET, ADDRESS_REFUSED, TOO_MANY_ENDPOINTS. */
  create(input: EndpointInput, options?: InAccount): Promise<WithSecret>;
  get(id: string, options?: InAccount): Promise<Endpoint>;
  /** All of them, the oldest first: `maxEndpoints` bounds the list. */
  list(options?: InAccount): Promise<Endpoint[]>;
  /** Changes what is given. The next try of what is under way goes by it. A secret is changed by `rotate`. */
  update(id: string, changes: EndpointChanges, options?: InAccount): Promise<Endpoint>;
  /** Sends to it again. What it missed stays held until it is recovered. */
  enable(id: string, options?: InAccount): Promise<Endpoint>;
  disable(id: string, options?: InAccount): Promise<Endpoint>;
  /** What still waits for it expires. */
  delete(id: string, options?: InAccount): Promise<void>;
  /** Signs with a new secret, and for a while with the older ones too. Throws TOO_MANY_KEYS when eleven would be valid besides it. */
  rotate(id: string, options?: InAccount & RotateOptions): Promise<WithSecret>;
}

export interface EndpointDependencies {
  readonly db: Database;
  readonly sealing: Sealing;
  readonly rules: EndpointRules;
  readonly maxEndpoints: number;
  readonly accountOf: (given: string | undefined) => string;
  /** Called before an endpoint is made: whatever is recorded from then on must reach it. */
  readonly begin: () => Promise<void>;
}

const rotateNames: NamesOf<RotateOptions> = { graceSeconds: true, secret: true, scheme: true };

/** Every change locks the endpoint's row of endpoint_runs first, as the queue does, and writes both tables in one transaction. */
export function createEndpoints({
  db,
  sealing,
  rules,
  maxEndpoints,
  accountOf,
  begin,
}: EndpointDependencies): Endpoints {
  return { create, get, list, update, rotate, enable, disable, delete: remove };

  async function create(input: EndpointInput, options: InAccount = {}): Promise<WithSecret> {
    const account = accountIn(options);
    const { settings, headers, secret: given } = checkEndpoint(input, rules);
    const secret = given ?? makeSecret(schemes[settings.scheme].keyKind);
    await begin();
    const endpoint = await db.transaction(async (tx) => {
      const { id, nowMs } = await takePlace(tx, account, maxEndpoints);
      await insertEndpoint(tx, account, id, {
        settings,
        secrets: [sealSecret(secret, { sealing, account, endpoint: id, nowMs })],
        headers: sealHeaders(headers, account, id),
      });
      return present(tx, account, id);
    });
    return { endpoint, secret: secret.secret };
  }

  async function get(id: string, options: InAccount = {}): Promise<Endpoint> {
    const account = accountIn(options);
    return endpointOf(await readEndpoint(db, account, uuidOf("endpoint", id)), account, sealing);
  }

  async function list(options: InAccount = {}): Promise<Endpoint[]> {
    const account = accountIn(options);
    return (await readEndpoints(db, account)).map((row) => endpointOf(row, account, sealing));
  }

  async function update(id: string, changes: EndpointChanges, options: InAccount = {}): Promise<Endpoint> {
    return change(id, options, async (tx, account, uuid) => {
      const row = await lockEndpoint(tx, account, uuid);
      const { settings, headers } = checkChanges(changes, row.settings, rules);
      await updateEndpoint(tx, account, uuid, {
        settings,
        secrets: row.secrets,
        headers: headers === undefined ? row.headers : sealHeaders(headers, account, uuid),
      });
      if (settings.url !== row.settings.url) await forgetFailures(tx, account, uuid);
      await wakeWorkers(tx);
    });
  }

  async function rotate(id: string, options: InAccount & RotateOptions = {}): Promise<WithSecret> {
    const account = accountIn(options, rotateNames);
    const uuid = uuidOf("endpoint", id);
    const graceSeconds = checkGrace(options.graceSeconds ?? defaultGraceSeconds);
    const given = options.secret === undefined ? null : checkSecret(options.secret);
    return db.transaction(async (tx) => {
      const row = await lockEndpoint(tx, account, uuid);
      const settings = checkScheme(options.scheme ?? row.settings.scheme, row.settings, rules);
      const secret = given ?? makeSecret(schemes[settings.scheme].keyKind);
      checkKeyKind(settings, secret.kind);
      const newest = sealSecret(secret, { sealing, account, endpoint: uuid, nowMs: row.nowMs });
      const secrets = rotated(row.secrets, newest, graceSeconds);
      await updateEndpoint(tx, account, uuid, { settings, secrets, headers: row.headers });
      return { endpoint: await present(tx, account, uuid), secret: secret.secret };
    });
  }

  async function enable(id: string, options: InAccount = {}): Promise<Endpoint> {
    return change(id, options, async (tx, account, uuid) => {
      await enableEndpoint(tx, account, uuid);
      await wakeWorkers(tx);
    });
  }

  async function disable(id: string, options: InAccount = {}): Promise<Endpoint> {
    return change(id, options, disableEndpoint);
  }

  async function remove(id: string, options: InAccount = {}): Promise<void> {
    const account = accountIn(options);
    await db.transaction((tx) => deleteEndpoint(tx, account, uuidOf("endpoint", id)));
  }

  async function change(
    id: string,
    options: InAccount,
    write: (tx: Transaction, account: string, uuid: string) => Promise<void>,
  ): Promise<Endpoint> {
    const account = accountIn(options);
    const uuid = uuidOf("endpoint", id);
    return db.transaction(async (tx) => {
      await write(tx, account, uuid);
      return present(tx, account, uuid);
    });
  }

  async function present(tx: Transaction, account: string, uuid: string): Promise<Endpoint> {
    return endpointOf(await readEndpoint(tx, account, uuid), account, sealing);
  }

  function accountIn(options: InAccount, beside: NamesOf<object> = {}): string {
    checkNames(options, accountName, beside);
    const account = accountOf(options.account);
    checkIdentifier(account, ["account"]);
    return account;
  }

  function sealHeaders(
    headers: Readonly<Record<string, string>>,
    account: string,
    uuid: string,
  ): string | null {
    if (Object.keys(headers).length === 0) return null;
    return sealing.seal(JSON.stringify(headers), sealedFor(account, uuid));
  }
}
