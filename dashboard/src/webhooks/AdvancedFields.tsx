import type { Endpoint } from "./api.ts";
import { SelectField } from "../shared/SelectField.tsx";
import type { EndpointDraft } from "./endpointDraft.ts";
import { scheduleWords } from "./EndpointSettings.tsx";
import { Field } from "./Field.tsx";
import { HeaderFields } from "./HeaderFields.tsx";
import { formats, keyKindOf, schedules, schemes, secretHints } from "./schemes.ts";

interface AdvancedFieldsProps {
  readonly draft: EndpointDraft;
  readonly endpoint: Endpoint | null;
  readonly errorOf: (name: string) => string | null;
  readonly change: (changes: Partial<EndpointDraft>) => void;
}

/** What most endpoints never need to change. */
export function AdvancedFields({ draft, endpoint, errorOf, change }: AdvancedFieldsProps) {
  return (
    <details className="advanced">
      <summary>Filter, format, signature and more</summary>
      <div className="advanced-fields">
        <Field
          name="filter"
          label="Only events that fit"
          optional
          hint={
            <>
              Such as <code>data.amount &gt; 100 and actor.type = "user"</code>
            </>
          }
          error={errorOf("filter")}
        >
          {(ids) => (
            <textarea
              {...ids}
              rows={1}
              className="mono"
              spellCheck={false}
              maxLength={2_000}
              value={draft.filter}
              onChange={(event) => change({ filter: event.target.value })}
            />
          )}
        </Field>
        <div className="form-pair">
          <Select
            name="format"
            label="Body"
            value={draft.format}
            options={formats}
            error={errorOf("format")}
            onChange={(format) => change({ format })}
          />
          <Select
            name="scheme"
            label="Signature"
            value={draft.scheme}
            options={schemesFor(endpoint)}
            error={errorOf("scheme")}
            onChange={(scheme) => change({ scheme, secret: "" })}
          />
        </div>
        {endpoint === null ? (
          <Field
            name="secret"
            label="A secret of your own"
            optional
            hint={secretHints[keyKindOf(draft.scheme)]}
            error={errorOf("secret")}
          >
            {(ids) => (
              <input
                {...ids}
                className="mono"
                autoComplete="off"
                spellCheck={false}
                value={draft.secret}
                onChange={(event) => change({ secret: event.target.value })}
              />
            )}
          </Field>
        ) : (
          <p className="field-hint">
            A signature that needs another kind of secret is chosen with “Rotate the secret”.
          </p>
        )}
        <HeaderFields
          headers={draft.headers}
          names={endpoint?.headerNames ?? []}
          error={errorOf("headers")}
          onChange={(headers) => change({ headers })}
        />
        <div className="form-pair">
          <Select
            name="schedule"
            label="Where it fails"
            value={draft.schedule}
            options={{
              ...schedules,
              ...(draft.schedule === "own" && {
                own: { name: "Its own", about: scheduleWords(endpoint!.schedule) },
              }),
            }}
            error={errorOf("schedule")}
            onChange={(schedule) => change({ schedule: schedule as EndpointDraft["schedule"] })}
          />
          <Field
            name="timeoutMs"
            label="Timeout, in seconds"
            hint="1 to 30. Answer first, work afterwards."
            error={errorOf("timeoutMs")}
          >
            {(ids) => (
              <input
                {...ids}
                inputMode="decimal"
                value={draft.timeoutSeconds}
                onChange={(event) => change({ timeoutSeconds: event.target.value })}
              />
            )}
          </Field>
        </div>
        <div className="form-pair">
          <Field
            name="rateLimit"
            label="At most, a second"
            optional
            hint="What comes faster waits, and counts as no failure."
            error={errorOf("rateLimit")}
          >
            {(ids) => (
              <input
                {...ids}
                inputMode="decimal"
                placeholder="Not limited"
                value={draft.perSecond}
                onChange={(event) => change({ perSecond: event.target.value })}
              />
            )}
          </Field>
        </div>
        <div className="choices" data-field="ordered">
          <label className="choice">
            <input
              type="checkbox"
              checked={draft.ordered}
              onChange={(event) => change({ ordered: event.target.checked })}
            />
            <span>
              In order{" "}
              <span className="quiet">
                one at a time for each subject; a failure holds up those behind it
              </span>
            </span>
          </label>
          <label className="choice">
            <input
              type="checkbox"
              checked={draft.delivery === "pull"}
              onChange={(event) => change({ delivery: event.target.checked ? "pull" : "push" })}
            />
            <span>
              Hold for pulling <span className="quiet">nothing is sent, your server asks for it</span>
            </span>
          </label>
        </div>
      </div>
    </details>
  );
}

/** Of an endpoint that has its secret: those that it can sign by. */
function schemesFor(endpoint: Endpoint | null) {
  if (endpoint === null) return schemes;
  const kind = keyKindOf(endpoint.scheme);
  return Object.fromEntries(Object.entries(schemes).filter(([, { keyKind }]) => keyKind === kind));
}

interface SelectProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: Readonly<Record<string, { readonly name: string; readonly about: string }>>;
  readonly error: string | null;
  readonly onChange: (value: string) => void;
}

function Select({ name, label, value, options, error, onChange }: SelectProps) {
  return (
    <div className="form-field" data-field={name}>
      <SelectField
        label={label}
        value={value}
        options={Object.entries(options).map(([id, option]) => ({ id, name: option.name }))}
        onChange={onChange}
      />
      {error !== null && <p className="field-error">{error}</p>}
      <p className="field-hint">{options[value]?.about}</p>
    </div>
  );
}
