import type { Tidings } from "../tidings.ts";

/** Who asks, as the app says. */
export interface Identity {
  readonly account: string;
  readonly actor: { readonly type: string; readonly id: string; readonly label: string | null };
  readonly role: "reader" | "writer" | "service" | "operator";
}

export interface HttpOptions {
  authorize?: ((request: Request) => Promise<Identity | null> | Identity | null) | undefined;
  basePath?: string | undefined;
}

export function createHandler(
  _tidings: Tidings,
  _options: HttpOptions = {},
): (request: Request) => Promise<Response> {
  return async () => new Response(null, { status: 401 });
}
