import { z } from "zod";
import { addLogin } from "../actions/addLogin.ts";
import { createPerson } from "../actions/createPerson.ts";

/** Version 2: one name, but still the newsletter for everybody. */
export const inputV2 = z.object({ name: z.string(), email: z.string(), password: z.string().nullable() });

/**
 * What version 2 wrote into one row is a person and a login today: one old event becomes two new ones' work. Ids and captured
 * values are those of the old event, so the person has the id that the user had, and the login its hash.
 */
export const splitUserV2 = [
  {
    action: createPerson,
    input(stored: object) {
      const { name, email } = inputV2.parse(stored);
      return { name, email, newsletter: true };
    },
  },
  {
    action: addLogin,
    input(stored: object, { subject }: { readonly subject: { readonly id: string } }) {
      const { password } = inputV2.parse(stored);
      return { personId: subject.id, strategy: "password", password };
    },
  },
];
