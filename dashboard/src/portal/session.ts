import { useSyncExternalStore } from "react";

/** Who looks, as the token says. What it allows is decided by the server; this only hides what would be refused. */
export interface Session {
  readonly token: string | null;
  readonly mayManage: boolean;
  /** The server no longer takes the token. */
  readonly ended: boolean;
}

const KEY = "tidings-portal-token";
const listeners = new Set<() => void>();
let session: Session = begin(null);

/**
 * Takes the token out of the address, `#token=tdp_…&theme=dark`, where it would be copied along with it, and keeps it for a
 * reload of this window. A page that embeds the portal is told when the token has ended, and may hand over a new one:
 * `frame.contentWindow.postMessage({ type: "tidings:token", token }, portalOrigin)`. Who may embed it at all is up to the server.
 */
export function openSession(): void {
  const given = new URLSearchParams(location.hash.slice(1));
  const theme = given.get("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
  session = begin(given.get("token") ?? kept());
  keep(session.token);
  if (given.has("token")) history.replaceState(history.state, "", location.pathname + location.search);
  addEventListener("message", (event: MessageEvent<unknown>) => {
    const token = event.source === window.parent ? tokenOf(event.data) : null;
    if (token === null) return;
    keep(token);
    change(begin(token));
  });
}

export function endSession(): void {
  if (session.ended) return;
  change({ ...session, ended: true });
  // Says nothing that anybody could use, so it may be heard by whoever embeds us.
  if (window.parent !== window) window.parent.postMessage({ type: "tidings:token-ended" }, "*");
}

export function currentSession(): Session {
  return session;
}

export function useSession(): Session {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => session,
  );
}

function begin(token: string | null): Session {
  return { token, mayManage: roleOf(token) === "manage", ended: false };
}

function change(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
}

/** `tdp_` + base64url of what is granted + "." + the signature, which only the server can check. */
function roleOf(token: string | null): unknown {
  try {
    const text = token!.slice("tdp_".length).split(".")[0]!;
    return (JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/"))) as { role?: unknown }).role;
  } catch {
    return null;
  }
}

function tokenOf(message: unknown): string | null {
  if (typeof message !== "object" || message === null) return null;
  const { type, token } = message as { type?: unknown; token?: unknown };
  return type === "tidings:token" && typeof token === "string" ? token : null;
}

/** Frames of other sites may be refused any storage; then a reload asks for a new token. */
function kept(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(token: string | null): void {
  try {
    if (token !== null) sessionStorage.setItem(KEY, token);
  } catch {
    // Refused: see above.
  }
}
