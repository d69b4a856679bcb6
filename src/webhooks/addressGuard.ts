import { isIPv6, type LookupFunction } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { callbackify } from "node:util";
import type { buildConnector } from "undici";
import { createAddressRanges } from "./addressRanges.ts";
import {
  defaultDenyPorts,
  isLocalhost,
  literalAddress,
  loopback,
  portOf,
  readEndpointUrl,
} from "./endpointUrl.ts";
import { AttemptError } from "./failureWords.ts";
import { createResolve, type Resolve } from "./resolve.ts";
import { connectFailure } from "./wireFailure.ts";

/** Covers the DNS, TCP and TLS. undici's clock for it ticks each half second, so it may become six. */
const CONNECT_MS = 5_000;

export interface AddressGuardOptions {
  /**
   * Addresses and ranges (`10.1.0.0/16`, `127.0.0.1`) that webhooks may reach although they are not public. A range that embeds IPv4,
   * such as `64:ff9b::/96`, opens all that it embeds. Default: none.
   */
  allow?: readonly string[] | undefined;
  /** Addresses and ranges that webhooks may not reach although they are public; wins over `allow`. Default: none. */
  deny?: readonly string[] | undefined;
  /** Refuses http://. Default false. */
  httpsOnly?: boolean | undefined;
  /** Ports that webhooks do not go to; 0 is always one. Default: `defaultDenyPorts`. */
  denyPorts?: readonly number[] | undefined;
  /** How names become addresses. Default: the DNS, see `createResolve`. */
  resolve?: Resolve | undefined;
}

export interface AddressGuard {
  /** Whether webhooks may go to an address. */
  check(address: string): boolean;
  /**
   * Reads the URL of an endpoint that is made or changed. Throws INVALID_ENDPOINT for what is no URL of an endpoint, ADDRESS_REFUSED
   * for what may not be reached. What a name stands for is judged when a connection is made, not here: it can change.
   */
  checkUrl(url: string): URL;
  /** From now on 127.0.0.0/8 and ::1 are allowed, unless `deny` names them: see openLoopback.ts. */
  openLoopback(): void;
  /** Makes connections for undici (whose `buildConnector` it is given), to permitted addresses only. */
  connector(build: typeof buildConnector, tls?: TlsOptions): buildConnector.connector;
}

export type TlsOptions = Pick<ConnectionOptions, "ca" | "rejectUnauthorized">;

/** Decides where webhooks may go: the URLs are the customers', the network is ours. */
export function createAddressGuard(options: AddressGuardOptions = {}): AddressGuard {
  const { allow = [], deny = [] } = options;
  let ranges = createAddressRanges(allow, deny);
  const permits = (address: string) => ranges(address);
  const denyPorts = new Set([0, ...(options.denyPorts ?? defaultDenyPorts)]);
  const rules = { httpsOnly: options.httpsOnly ?? false, denyPorts, permits };
  const resolve = options.resolve ?? createResolve();

  return {
    check: permits,
    checkUrl: (url) => readEndpointUrl(url, rules),
    openLoopback: () => {
      ranges = createAddressRanges([...allow, "127.0.0.0/8", "::1"], deny);
    },
    connector: (build, tls = {}) => {
      const lookup = answering(permittedAddresses);
      const connect = build({
        // Given explicitly, because NODE_TLS_REJECT_UNAUTHORIZED=0 would turn the verification off.
        rejectUnauthorized: true,
        ...tls,
        allowH2: false,
        timeout: CONNECT_MS,
        lookup,
        // The next address of a name is tried when one does not answer; 250 ms, the default, is less than a round trip to some.
        autoSelectFamily: true,
        autoSelectFamilyAttemptTimeout: 500,
      });
      return (target, callback) => {
        const address = literalAddress(target.hostname);
        // An address in place of a name is connected to without a look-up: it is judged here, or nowhere.
        const forbidden = denyPorts.has(portOf(target)) || (address !== null && !permits(address));
        if (forbidden) return callback(refusedAddress(), null);
        connect(target, (error, socket) => {
          if (error === null) callback(null, socket!);
          else callback(connectFailure(error, target.protocol), null);
        });
      };
    },
  };

  /** One refused address refuses the name: whoever mixes in a private one tries to get there. */
  async function permittedAddresses(name: string): Promise<readonly string[]> {
    if (isLocalhost(name)) {
      const addresses = loopback.filter(permits);
      if (addresses.length === 0) throw refusedAddress();
      return addresses;
    }
    const addresses = await resolve(name).catch((error: unknown) => {
      // The app's own `resolve` rejects with whatever it likes.
      throw error instanceof AttemptError
        ? error
        : new AttemptError("dns", "the host's name could not be looked up", error);
    });
    if (addresses.length === 0) throw new AttemptError("dns", "the host's name has no address");
    if (!addresses.every(permits)) throw refusedAddress();
    return addresses;
  }
}

/** node connects to exactly what the look-up answers, so that nothing can change in between (DNS rebinding). */
function answering(addressesOf: (name: string) => Promise<readonly string[]>): LookupFunction {
  const lookUp = callbackify(addressesOf);
  return (name, { all }, callback) =>
    lookUp(name, (error, addresses) => {
      if (error !== null) return callback(error, "");
      const answers = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
      if (all) callback(null, answers);
      else callback(null, answers[0]!.address, answers[0]!.family);
    });
}

function refusedAddress(): AttemptError {
  return new AttemptError("refused_address", "the URL leads to an address that webhooks may not reach");
}
