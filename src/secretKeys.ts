import { TidingsError } from "./errors.ts";

const KEY_BYTES = 32;

/**
 * The keys of an option, `webhooks.secretKey`: one text or a list, newest first, each 32 bytes in base64. Throws INVALID_OPTION,
 * which says which one is wrong, never what it is.
 */
export function secretKeysOf(option: string, given: string | readonly string[] | undefined): Buffer[] {
  const texts = typeof given === "string" ? [given] : (given ?? []);
  if (!Array.isArray(texts)) refuse(`${option} must be a text or a list of texts`);
  if (texts.length === 0) refuse(`${option} is missing: make one with \`openssl rand -base64 32\``);
  return texts.map((text: string, index) => {
    const key = Buffer.from(String(text), "base64");
    if (key.length !== KEY_BYTES || !sameBase64(key, String(text)))
      refuse(`${option}${typeof given === "string" ? "" : ` ${index}`} must be ${KEY_BYTES} bytes in base64`);
    return key;
  });
}

/** Node passes over what is no base64: a cut or mistyped key would be another one. */
function sameBase64(key: Buffer, text: string): boolean {
  return [key.toString("base64"), key.toString("base64url")].some(
    (form) => form.replaceAll("=", "") === text.replaceAll("=", ""),
  );
}

function refuse(detail: string): never {
  throw new TidingsError("INVALID_OPTION", { detail });
}
