import { TidingsError } from "../errors.ts";
import { checkHeaders } from "./customHeaders.ts";
import {
  defaultSettings,
  type EndpointChanges,
  type EndpointInput,
  type EndpointSettings,
  type SignatureScheme,
} from "./endpoint.ts";
import { schemes } from "./schemes.ts";
import { checkSecret, type Secret } from "./secrets.ts";
import { refuse, settingChecks } from "./settingChecks.ts";

/** What of the options decides about an endpoint. */
export interface EndpointRules {
  /** Throws INVALID_ENDPOINT or ADDRESS_REFUSED: see createAddressGuard. */
  readonly checkUrl: (url: string) => URL;
  /** Of CloudEvents; null where the app has none. */
  readonly source: string | null;
}

/** Settings that can work, all of them. */
export interface CheckedEndpoint {
  readonly settings: EndpointSettings;
  readonly headers: Readonly<Record<string, string>>;
  /** The given one; null: make one. */
  readonly secret: Secret | null;
}

/** The settings with what changes. */
export interface CheckedChanges {
  readonly settings: EndpointSettings;
  /** Undefined: as before. */
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** Of a name that is not known: an error must not become as large as the request. */
const MOST_SHOWN = 64;

/** Fills in the defaults. Throws INVALID_ENDPOINT, INVALID_EXPRESSION, INVALID_SECRET or ADDRESS_REFUSED, with the setting's path. */
export function checkEndpoint(input: EndpointInput, rules: EndpointRules): CheckedEndpoint {
  const { settings, headers, secret } = checkGiven(input, rules);
  if (settings.url === undefined) refuse("url", "is missing");
  if (settings.types === undefined) refuse("types", 'is missing: name some, or all with "*"');
  const complete = { ...defaultSettings, ...settings } as EndpointSettings;
  checkTogether(complete, rules);
  if (secret !== null) checkKeyKind(complete, secret.kind);
  return { settings: complete, headers: headers ?? {}, secret };
}

/** Lays changes over the present settings. What does not change is not judged again: a stricter rule for URLs stops no other change. */
export function checkChanges(
  changes: EndpointChanges,
  present: EndpointSettings,
  rules: EndpointRules,
): CheckedChanges {
  const { settings, headers, secret } = checkGiven(changes, rules);
  if (secret !== null)
    refuse("secret", "is changed by rotating it, so that the old one still signs for a while");
  const complete = { ...present, ...settings };
  if (schemes[complete.scheme].keyKind !== schemes[present.scheme].keyKind) {
    refuse("scheme", `"${complete.scheme}" needs another kind of secret: change it by rotating, with scheme`);
  }
  checkTogether(complete, rules);
  return { settings: complete, headers };
}

/** The present settings with another scheme, which a rotation may bring. */
export function checkScheme(
  scheme: SignatureScheme,
  present: EndpointSettings,
  rules: EndpointRules,
): EndpointSettings {
  const complete = { ...present, scheme: settingChecks.scheme(scheme) };
  checkTogether(complete, rules);
  return complete;
}

/** Throws INVALID_SECRET for a secret that the scheme cannot sign with. */
export function checkKeyKind({ scheme }: Pick<EndpointSettings, "scheme">, kind: Secret["kind"]): void {
  if (schemes[scheme].keyKind === kind) return;
  const wanted = schemes[scheme].keyKind === "hmac" ? "whsec_" : "whsk_";
  throw new TidingsError("INVALID_SECRET", { detail: `"${scheme}" signs with ${wanted}…`, path: ["secret"] });
}

type Given = Pick<CheckedChanges, "headers"> & {
  readonly settings: Partial<EndpointSettings>;
  readonly secret: Secret | null;
};

/** Each setting that was given, by itself. Undefined counts as not given. */
function checkGiven(
  input: EndpointChanges & Pick<EndpointInput, "secret">,
  { checkUrl }: EndpointRules,
): Given {
  if (typeof input !== "object" || input === null) refuse("endpoint", "must be an object");
  const { headers, secret, ...rest } = input;
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined) continue;
    if (name === "url") settings.url = checkUrl(value as string).href;
    else if (Object.hasOwn(settingChecks, name))
      settings[name] = settingChecks[name as keyof typeof settingChecks](value);
    else refuse(name.slice(0, MOST_SHOWN), "is no setting of an endpoint");
  }
  if (headers !== undefined && (typeof headers !== "object" || headers === null || Array.isArray(headers)))
    refuse("headers", "must be an object of names and values");
  return {
    settings,
    headers: headers === undefined ? undefined : checkHeaders(headers),
    secret: secret === undefined ? null : checkSecret(secret),
  };
}

function checkTogether({ format, scheme, compat }: EndpointSettings, { source }: EndpointRules): void {
  if (format.startsWith("cloudevents") && source === null)
    refuse("format", `"${format}" needs a source: pass createTidings({ webhooks: { source } })`);
  if (compat && schemes[scheme].keyKind !== "hmac")
    refuse("compat", `adds schemes that need a shared secret; "${scheme}" has none`);
}
