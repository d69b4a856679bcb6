import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

export interface Certificate {
  readonly name: string;
  /** PEM, as node:tls takes them. */
  readonly cert: string;
  readonly key: string;
  readonly privateKey: KeyObject;
}

const DAY = 86_400_000;

/** A certificate for tests, self-signed unless `issuer` is given. node:crypto makes keys but no certificates, hence the DER below. */
export function makeCertificate(
  name: string,
  { issuer, expired = false }: { issuer?: Certificate | undefined; expired?: boolean | undefined } = {},
): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const now = Date.now();
  const validity = expired ? [now - 2 * DAY, now - DAY] : [now - DAY, now + DAY];
  const certificate = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer?.name ?? name),
    sequence(...validity.map(utcTime)),
    distinguishedName(name),
    publicKey.export({ type: "spki", format: "der" }),
    explicit(3, sequence(alternativeName(name), ...(issuer === undefined ? [CERTIFICATE_AUTHORITY] : []))),
  );
  const signature = sign("sha256", certificate, issuer?.privateKey ?? privateKey);
  const der = sequence(certificate, ECDSA_WITH_SHA256, encode(0x03, Buffer.from([0]), signature));
  return {
    name,
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    privateKey,
  };
}

function encode(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: readonly Buffer[]) => encode(0x30, ...parts);
const explicit = (number: number, part: Buffer) => encode(0xa0 + number, part);
const integer = (bytes: Buffer) => encode(0x02, bytes);
const objectId = (hex: string) => encode(0x06, Buffer.from(hex, "hex"));
const ECDSA_WITH_SHA256 = sequence(objectId("2a8648ce3d040302"));

const distinguishedName = (commonName: string) =>
  sequence(encode(0x31, sequence(objectId("550403"), encode(0x0c, Buffer.from(commonName)))));

function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\..*/g, "");
  return encode(0x17, Buffer.from(`${digits.slice(2)}Z`));
}

const alternativeName = (name: string) =>
  sequence(objectId("551d11"), encode(0x04, sequence(encode(0x82, Buffer.from(name)))));

const TRUE = encode(0x01, Buffer.from([0xff]));
const CERTIFICATE_AUTHORITY = sequence(objectId("551d13"), TRUE, encode(0x04, sequence(TRUE)));
