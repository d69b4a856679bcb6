import { TidingsError } from "../errors.ts";

/** Reads a JSON body, and stops reading where it is larger than allowed, whatever Content-Length claims. */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const mediaType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  // Also a part of the defence against forged requests: a form cannot send this type, a script needs a preflight.
  if (mediaType !== "application/json") {
    throw new TidingsError("UNSUPPORTED_MEDIA_TYPE", { detail: mediaType && `"${mediaType.slice(0, 100)}"` });
  }
  const claimed = Number(request.headers.get("content-length") ?? 0);
  if (claimed > maxBytes) throw tooLarge(maxBytes);
  const text = await readText(request, maxBytes);
  try {
    return JSON.parse(text);
  } catch {
    throw new TidingsError("INVALID_REQUEST", { detail: "The body is not JSON" });
  }
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = request.body?.getReader();
  let text = "";
  let bytes = 0;
  for (;;) {
    // The client went away while it sent: nobody's fault here, and nothing that an operator should hear of.
    const chunk = await reader?.read().catch((cause: unknown) => {
      throw new TidingsError("INVALID_REQUEST", { detail: "The body ended early", cause });
    });
    if (chunk === undefined || chunk.done) return text + decode(() => decoder.decode());
    bytes += chunk.value.length;
    if (bytes > maxBytes) {
      void reader?.cancel().catch(() => undefined);
      throw tooLarge(maxBytes);
    }
    text += decode(() => decoder.decode(chunk.value, { stream: true }));
  }
}

function decode(step: () => string): string {
  try {
    return step();
  } catch {
    throw new TidingsError("INVALID_REQUEST", { detail: "The body is not UTF-8" });
  }
}

function tooLarge(maxBytes: number): TidingsError {
  return new TidingsError("BODY_TOO_LARGE", { detail: `The limit is ${maxBytes} bytes` });
}
