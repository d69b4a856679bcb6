import { isIP } from "node:net";
import { TidingsError } from "../errors.ts";

const MOST_CHARACTERS = 2_048;

/**
 * Where a request would make something else than a web server act: shells, mail, name and directory services, file shares, caches,
 * databases, container and cluster control. All of them take text, and some do what a line of it says.
 */
export const defaultDenyPorts: readonly number[] = [
  7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 53, 69, 79, 109, 110, 111, 113, 119, 123, 135, 137, 138,
  139, 143, 161, 389, 445, 465, 512, 513, 514, 515, 587, 636, 873, 990, 993, 995, 1433, 1521, 2049, 2375,
  2376, 2379, 3306, 3389, 5060, 5061, 5432, 5900, 5984, 6000, 6379, 6667, 9042, 9200, 9300, 10250, 11211,
  27017,
];

export interface UrlRules {
  readonly httpsOnly: boolean;
  readonly denyPorts: ReadonlySet<number>;
  /** Whether webhooks may go to this address. */
  readonly permits: (address: string) => boolean;
}

/**
 * Reads an endpoint's URL as the request will: `http://0x7f.1`, `http://１２７.0.0.1` and `http://2130706433` come out as 127.0.0.1, names
 * in punycode, without a dot at the end. Throws INVALID_ENDPOINT for what cannot be a URL of an endpoint, ADDRESS_REFUSED for where none
 * may lead.
 */
export function readEndpointUrl(text: string, rules: UrlRules): URL {
  const url = parse(text);
  if (url.protocol !== "https:" && (rules.httpsOnly || url.protocol !== "http:")) {
    throw invalid(
      rules.httpsOnly ? "the URL must begin with https://" : "the URL must begin with http:// or https://",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw invalid("the URL holds a user name or a password. Put it into a header, authorization");
  }
  if (text.includes("#")) throw invalid("the URL has a fragment (#…), which is never sent");
  url.hostname = withoutDot(url.hostname);
  checkHost(url.hostname, rules);
  if (rules.denyPorts.has(portOf(url))) throw refused(`webhooks do not go to port ${portOf(url)}`);
  return url;
}

/** The port of a URL, also where it is the scheme's own. */
export function portOf({ port, protocol }: { readonly port: string; readonly protocol: string }): number {
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}

/** `localhost` and all names below it are this machine, whatever the DNS says (RFC 6761). */
export function isLocalhost(name: string): boolean {
  return /(^|\.)localhost\.?$/.test(name);
}

/** What `localhost` stands for. */
export const loopback: readonly string[] = ["127.0.0.1", "::1"];

/** The address in a URL's host, or null if it is a name. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(bare) === 0 ? null : bare;
}

function parse(text: unknown): URL {
  if (typeof text !== "string") throw invalid("the URL must be text");
  if (text.length > MOST_CHARACTERS) throw invalid(`the URL is longer than ${MOST_CHARACTERS} characters`);
  // The parser drops these, so that what a person saw is not what is read.
  if (/[\s\p{Cc}]/u.test(text)) throw invalid("the URL has a space or a control character");
  if (!URL.canParse(text))
    throw invalid("the URL cannot be read. It looks like https://example.com/webhooks");
  return new URL(text);
}

function checkHost(hostname: string, { permits }: UrlRules): void {
  const address = literalAddress(hostname);
  if (address !== null) {
    if (!permits(address)) throw refused("the URL's host is an address that is not public");
    return;
  }
  if (isLocalhost(hostname)) {
    if (!loopback.some(permits)) throw refused("the URL's host is this machine");
    return;
  }
  if (hostname.split(".").includes("")) throw invalid("the URL's host has an empty part");
}

/** A dot at the end says that a name is complete. Names are always taken as complete here, and certificates have no dot. */
function withoutDot(hostname: string): string {
  return hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
}

function invalid(detail: string): TidingsError {
  return new TidingsError("INVALID_ENDPOINT", { detail, path: ["url"] });
}

function refused(detail: string): TidingsError {
  return new TidingsError("ADDRESS_REFUSED", { detail, path: ["url"] });
}
