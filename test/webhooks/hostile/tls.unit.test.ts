import type { TlsOptions, TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { makeCertificate, type Certificate } from "./certificates.ts";
import { answerText, hostileServer } from "./hostileServer.ts";
import { post, testSender } from "./testSender.ts";

const NAME = "receiver.example";
const authority = makeCertificate("Authority of the tests");
const good = makeCertificate(NAME, { issuer: authority });

const served = ({ cert, key }: Certificate, options: TlsOptions = {}) =>
  hostileServer((socket) => socket.write(answerText("200 OK")), { tls: { cert, key, ...options } });

/** A sender that trusts the authority of the tests, and for which every name is 127.0.0.1. */
const sender = (options: Parameters<typeof testSender>[0] = {}) =>
  testSender({ resolve: async () => ["127.0.0.1"], caCertificates: [authority.cert], ...options });

const urlOf = ({ port }: { port: number }) => `https://${NAME}:${port}/hook`;

describe("TLS", () => {
  test("case 14: a good certificate is accepted, and the server hears which host is meant", async () => {
    const server = await served(good);
    expect(await post(sender(), urlOf(server))).toMatchObject({ status: 200, failure: null });
    expect((server.connections[0] as TLSSocket).servername).toBe(NAME);
  });

  const bad: readonly [string, Certificate, string][] = [
    ["expired", makeCertificate(NAME, { issuer: authority, expired: true }), "the certificate has expired"],
    ["self-signed", makeCertificate(NAME), "the certificate is self-signed"],
    [
      "another host's",
      makeCertificate("other.example", { issuer: authority }),
      "the certificate is for another host",
    ],
    [
      "an unknown authority's",
      makeCertificate(NAME, { issuer: makeCertificate("Somebody") }),
      "the certificate comes from an unknown authority, or its chain is not complete",
    ],
  ];
  test.each(bad)(
    "case 14: %s certificate is refused before anything is sent",
    async (_kind, certificate, detail) => {
      const server = await served(certificate);
      expect(await post(sender(), urlOf(server))).toMatchObject({ status: null, failure: "tls", detail });
      expect(server.requests).toHaveLength(0);
    },
  );

  test("case 14: the authorities of node are trusted unless others are given, and those of the tests are not", async () => {
    const server = await served(good);
    expect(await post(sender({ caCertificates: undefined }), urlOf(server))).toMatchObject({
      failure: "tls",
    });
  });

  test("case 14: a server that knows only TLS 1.0 is refused", async () => {
    const server = await served(good, {
      minVersion: "TLSv1",
      maxVersion: "TLSv1",
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    expect(await post(sender(), urlOf(server))).toMatchObject({
      status: null,
      failure: "tls",
      detail: "the TLS handshake failed",
    });
  });

  test("case 14: a server that does not speak TLS, or hangs up on it, fails by that", async () => {
    const plain = await hostileServer(() => {}, {
      connected: (socket) => void socket.write("HTTP/1.1 200 OK\r\n\r\n"),
    });
    const closing = await hostileServer(() => {}, { connected: (socket) => void socket.destroy() });
    for (const server of [plain, closing]) {
      expect(await post(sender(), urlOf(server))).toMatchObject({
        failure: "tls",
        detail: "the TLS handshake failed",
      });
    }
  });

  test("case 14: a server that wants a client certificate gets none", async () => {
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const server = await served(good, { requestCert: true, rejectUnauthorized: true, maxVersion });
      const result = await post(sender(), urlOf(server));
      expect(result.status).toBeNull();
      // TLS 1.3 says it after the handshake, where the alert races with the end of the connection.
      expect(["tls", "reset"]).toContain(result.failure);
      expect(server.requests).toHaveLength(0);
    }
  });

  test("case 14: only unsafeTls accepts what is not verified, and no environment variable does", async () => {
    const server = await served(makeCertificate("other.example"));
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      expect(await post(sender(), urlOf(server))).toMatchObject({ status: null, failure: "tls" });
    } finally {
      delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    }
    expect(await post(sender({ unsafeTls: true }), urlOf(server))).toMatchObject({
      status: 200,
      failure: null,
    });
  });

  test("a name with a dot at the end is the same host", async () => {
    const server = await served(good);
    expect(await post(sender(), `https://${NAME}.:${server.port}/`)).toMatchObject({ status: 200 });
  });
});
