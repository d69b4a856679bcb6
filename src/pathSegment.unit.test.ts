import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pathSegment, withDotSegments } from "./pathSegment.ts";
import { pathSegment as pathSegmentOfReact } from "./react/pathSegment.ts";

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom("~", ".", "/", "%", "2", "e", " ", "é"), minLength: 1 }),
  fc.constantFrom(".", "..", "...", "~.", "~..", "~~..", "%2e%2e", "%7E.."),
);

test("any text comes out of a path as it went in, between others and at the end, once a browser has made it an address", () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), (texts) => {
      const written = texts.map((each) => pathSegment(each));
      const { pathname } = new URL(`/tidings/${written.join("/")}`, "https://app.example.com");
      const [, , ...read] = withDotSegments(pathname).split("/");
      expect(read.map((each) => decodeURIComponent(each))).toEqual(texts);
    }),
  );
});

test("tidings/react writes segments as the server reads them", () => {
  fc.assert(fc.property(text, (each) => void expect(pathSegmentOfReact(each)).toBe(pathSegment(each))));
});

test("what has nothing of dots is written as everybody writes it", () => {
  for (const [given, written] of [
    ["14", "14"],
    ["a/b", "a%2Fb"],
    ["~", "~"],
    ["...", "..."],
    ["..", "~.."],
    ["~..", "~~.."],
  ] as const)
    expect(pathSegment(given)).toBe(written);
});
