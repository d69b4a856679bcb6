import type { Route } from "../../src/index.ts";
import { createUser } from "./actions/createUser.ts";
import { createUserV1 } from "./past/createUserV1.ts";
import { createUserV3 } from "./past/createUserV3.ts";
import { splitUserV2 } from "./past/splitUserV2.ts";
import type { Tx } from "./database.ts";

/** What a replay does with the versions of `user.create` that nobody performs any more. Version 4 goes to itself. */
export const routes: Route<Tx>[] = [
  { from: createUser, versions: [1], to: createUserV1 },
  { from: createUser, versions: [2], to: splitUserV2 },
  { from: createUser, versions: [3], to: createUserV3 },
];
