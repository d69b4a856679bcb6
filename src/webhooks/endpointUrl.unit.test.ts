import { describe, expect, test } from "vitest";
import { createAddressGuard, type AddressGuardOptions } from "./addressGuard.ts";

const href = (url: string, options: AddressGuardOptions = {}) =>
  createAddressGuard(options).checkUrl(url).href;

function refusal(url: string, options: AddressGuardOptions = {}): unknown {
  try {
    return href(url, options);
  } catch (error) {
    expect(error).toMatchObject({ path: ["url"] });
    return (error as { code: string }).code;
  }
}

describe("the URL of an endpoint", () => {
  test.each([
    ["https://example.com", "https://example.com/"],
    ["http://example.com:8080/a/b?c=d%20e&f", "http://example.com:8080/a/b?c=d%20e&f"],
    ["HTTPS://EXAMPLE.com:443/Path", "https://example.com/Path"],
    ["https://8.8.8.8/hook", "https://8.8.8.8/hook"],
    ["https://134744072/", "https://8.8.8.8/"],
    ["https://[2606:4700::1111]:8443/", "https://[2606:4700::1111]:8443/"],
    ["https://my_host.example.com/", "https://my_host.example.com/"],
  ])("%s is read as %s", (given, read) => {
    expect(href(given)).toBe(read);
  });

  test("case 32: a name in any script is kept in punycode, and one that has none is refused", () => {
    expect(href("https://bücher.example/")).toBe("https://xn--bcher-kva.example/");
    expect(href("https://例え。テスト/")).toBe("https://xn--r8jz45g.xn--zckzah/");
    expect(refusal("https://xn--/")).toBe("INVALID_ENDPOINT");
  });

  test("case 32: a dot at the end is dropped, two are refused", () => {
    expect(href("https://example.com./a")).toBe("https://example.com/a");
    expect(
      ["https://example.com../", "https://a..b/", "https://./", "https://.example.com/"].map((url) =>
        refusal(url),
      ),
    ).toEqual(Array(4).fill("INVALID_ENDPOINT"));
  });

  const loopback = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.1",
    "１２７.0.0.1",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "%31%32%37.0.0.1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "localhost",
    "LocalHost",
    "localhost.",
    "api.localhost",
    "ⓛocalhost",
    "0",
    "0.0.0.0",
    "[::]",
  ];
  test.each(loopback)("case 8: http://%s/ is this machine, and refused", (host) => {
    expect(refusal(`http://${host}/`)).toBe("ADDRESS_REFUSED");
  });

  test.each([
    "http://169.254.169.254/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[fd00:ec2::254]/",
    "http://168.63.129.16/",
    "http:169.254.169.254",
    "http:\\\\169.254.169.254\\latest",
    "https:/169.254.169.254",
    "http://10.0.0.5/",
    "http://@[::1]/",
    "http://[fe80::1]/",
  ])("case 8: %s is refused", (url) => {
    expect(refusal(url)).toBe("ADDRESS_REFUSED");
  });

  test.each([
    "https://user@example.com/",
    "https://user:pass@example.com/",
    "https://:pass@example.com/",
    "http://1:2@[::1]:9876/",
    "https://example.com@169.254.169.254/",
  ])("cases 8 and 32: %s is refused for its user name", (url) => {
    expect(refusal(url)).toBe("INVALID_ENDPOINT");
  });

  test("case 32: a fragment is refused, also an empty one", () => {
    expect(["https://example.com/#a", "https://example.com/a#"].map((url) => refusal(url))).toEqual([
      "INVALID_ENDPOINT",
      "INVALID_ENDPOINT",
    ]);
  });

  test("case 32: a URL has at most 2,048 characters", () => {
    const base = "https://example.com/";
    expect(href(base + "a".repeat(2_048 - base.length))).toHaveLength(2_048);
    expect(refusal(base + "a".repeat(2_049 - base.length))).toBe("INVALID_ENDPOINT");
    expect(refusal(base + "a".repeat(65_536 - base.length))).toBe("INVALID_ENDPOINT");
  });

  test.each([0, 22, 25, 6379, 5432, 3306, 11_211])("case 32: port %i is refused", (port) => {
    expect(refusal(`http://example.com:${port}/`)).toBe("ADDRESS_REFUSED");
  });

  test("case 32: the denied ports are an option, port 0 is none, and a scheme's own port counts", () => {
    expect(href("http://example.com:6379/", { denyPorts: [] })).toBe("http://example.com:6379/");
    expect(refusal("http://example.com:0/", { denyPorts: [] })).toBe("ADDRESS_REFUSED");
    expect(refusal("http://example.com/", { denyPorts: [80] })).toBe("ADDRESS_REFUSED");
    expect(refusal("https://example.com/", { denyPorts: [443] })).toBe("ADDRESS_REFUSED");
    expect(refusal("https://example.com:65536/")).toBe("INVALID_ENDPOINT");
  });

  test.each([
    "",
    "example.com",
    "/hook",
    "//example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:,a",
    "gopher://example.com/",
    "ws://example.com/",
    "unix:/var/run/docker.sock",
    "http://",
    "https:///",
    "http://[fe80::1%25eth0]/",
    "http://256.1.1.1/",
    " https://example.com/",
    "https://example.com/\n",
    "https://exa\tmple.com/",
    "https://example.com/a b",
    "https://example.com/\0",
  ])("%j is no URL of an endpoint", (url) => {
    expect(refusal(url)).toBe("INVALID_ENDPOINT");
  });

  test("something else than text is refused like any other mistake", () => {
    for (const value of [undefined, null, 1, {}, ["https://example.com"]]) {
      expect(refusal(value as string)).toBe("INVALID_ENDPOINT");
    }
  });

  test("httpsOnly refuses http, and nothing else", () => {
    expect(refusal("http://example.com/", { httpsOnly: true })).toBe("INVALID_ENDPOINT");
    expect(href("https://example.com/", { httpsOnly: true })).toBe("https://example.com/");
  });

  test("the allow list opens literals, and localhost with them", () => {
    const allow = ["127.0.0.1", "10.1.0.0/16"];
    expect(href("http://127.1:3000/", { allow })).toBe("http://127.0.0.1:3000/");
    expect(href("http://localhost:3000/", { allow })).toBe("http://localhost:3000/");
    expect(href("http://10.1.2.3/", { allow })).toBe("http://10.1.2.3/");
    expect([refusal("http://10.2.2.3/", { allow }), refusal("http://[::1]/", { allow })]).toEqual([
      "ADDRESS_REFUSED",
      "ADDRESS_REFUSED",
    ]);
  });
});
