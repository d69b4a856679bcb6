import fc from "fast-check";
import { expect, test } from "vitest";
import { publicId, uuidOf } from "./publicId.ts";

test("every UUID comes back from its public id, which has 22 letters and digits and sorts as the UUID does", () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), (one, other) => {
      const id = publicId("message", one);
      expect(id).toMatch(/^msg_[0-9A-Za-z]{22}$/);
      expect(uuidOf("message", id)).toBe(one);
      expect(id < publicId("message", other)).toBe(one < other);
    }),
  );
});

test("the smallest and the largest", () => {
  for (const digit of ["0", "f"]) {
    const uuid = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx".replaceAll("x", digit);
    expect(uuidOf("delivery", publicId("delivery", uuid))).toBe(uuid);
  }
});

test("what cannot be an id is called as if it were not there", () => {
  const id = publicId("endpoint", "0193e1a0-0000-7000-8000-000000000001");
  const not = [
    "",
    "ep_",
    id.slice(0, -1),
    `${id}0`,
    `${id.slice(0, -1)}-`,
    id.replace("ep_", "dlv_"),
    `ep_${"z".repeat(22)}`,
    `${id}\n`,
    null,
    7,
  ];
  for (const wrong of not)
    expect(() => uuidOf("endpoint", wrong as string)).toThrow(
      expect.objectContaining({ code: "ENDPOINT_NOT_FOUND" }),
    );
  expect(() => uuidOf("delivery", id)).toThrow(expect.objectContaining({ code: "DELIVERY_NOT_FOUND" }));
  expect(() => uuidOf("job", id)).toThrow(expect.objectContaining({ code: "JOB_NOT_FOUND" }));
});
