import { ask, asFailure, jsonBody } from "../shared/ask.ts";
import { createApi } from "../webhooks/api.ts";
import { currentSession, endSession } from "./session.ts";

/** The portal lies beside the API: `<base>/portal/` and `<base>/webhooks/`. */
const base = new URL("../webhooks/", document.baseURI);

export const api = createApi(async <Answer>(method: string, path: string, body?: object) => {
  const { headers, ...sent } = body ? jsonBody(body) : { headers: {} };
  try {
    return await ask<Answer>(new URL(path, base), {
      ...sent,
      method,
      headers: { ...headers, authorization: `Bearer ${currentSession().token ?? ""}` },
      // The token is the only way in: the app's own session must not lend its rights to an embedded page.
      credentials: "omit",
    });
  } catch (error) {
    if (asFailure(error).code === "INVALID_TOKEN") endSession();
    throw error;
  }
});
