import { isIP, isIPv6 } from "node:net";
import ipaddr, { type IPv4, type IPv6 } from "ipaddr.js";
import { TidingsError } from "../errors.ts";

type Address = IPv4 | IPv6;
type Range = readonly [base: Address, bits: number];

/**
 * Refused although no standard reserves them: Azure's host answers with a machine's secrets on what looks like a public
 * address. The metadata services of other clouds (169.254.169.254, fd00:ec2::254, 100.100.100.200, 192.0.0.192) lie in
 * reserved ranges.
 */
const HIDDEN_HOSTS = ["168.63.129.16/32"];

/**
 * All IPv6 addresses that were given out for public use. What lies outside is reserved, or not given out (yet), or a way to write an IPv4
 * address: `::127.0.0.1`, `::ffff:0:127.0.0.1`, `64:ff9b::127.0.0.1`. Inside it the special ranges are refused by name:
 * 6to4, Teredo, ORCHID, documentation.
 */
const PUBLIC_IPV6 = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Gives the question whether webhooks may go to an address, which is a literal as `net.isIP` knows it. `deny` wins over `allow`,
 * which wins over the reserved ranges. Throws INVALID_OPTION for what is neither an address nor a CIDR.
 */
export function createAddressRanges(
  allow: readonly string[],
  deny: readonly string[],
): (address: string) => boolean {
  const allowed = allow.map((text) => parseRange("allow", text));
  const denied = [...HIDDEN_HOSTS, ...deny].map((text) => parseRange("deny", text));
  return (text) => {
    // A zone (fe80::1%eth0) names one of our own network cards.
    if (isIP(text) === 0 || text.includes("%")) return false;
    const address = parse(text);
    return !liesIn(denied, address) && (liesIn(allowed, address) || isPublic(address));
  };
}

function isPublic(address: Address): boolean {
  return address.range() === "unicast" && (isIPv4(address) || address.match(PUBLIC_IPV6));
}

function liesIn(ranges: readonly Range[], address: Address): boolean {
  return ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
}

/** Reads what isIP accepts; ::ffff:10.0.0.1 is another spelling of 10.0.0.1, and connects to it. */
function parse(text: string): Address {
  // In hexadecimal groups, because ipaddr.js takes ::10.0.0.1, which is another address, for ::ffff:10.0.0.1.
  const groups = isIPv6(text) ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
  const address = ipaddr.parse(groups);
  return !isIPv4(address) && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function parseRange(option: string, text: string): Range {
  const [base = "", bits, ...rest] = text.split("/");
  const version = isIP(base);
  const all = version === 4 ? 32 : 128;
  const length = bits === undefined ? all : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity;
  // Parsed by isIP first, because ipaddr.js takes 10.1/16 for 10.0.0.1/16.
  if (version === 0 || base.includes("%") || length > all || rest.length > 0) {
    throw new TidingsError("INVALID_OPTION", {
      detail: `webhooks: ${option} has "${text}", which is neither an address nor a range such as 10.1.0.0/16`,
    });
  }
  const address = parse(base);
  return [address, version === 6 && isIPv4(address) ? Math.max(0, length - 96) : length];
}

function isIPv4(address: Address): address is IPv4 {
  return address.kind() === "ipv4";
}
