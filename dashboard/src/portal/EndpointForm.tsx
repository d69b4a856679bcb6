import { ArrowLeft } from "lucide-react";
import { useEffect, useRef, useState, type FormEvent } from "react";
import type { Endpoint } from "../api.ts";
import { Failure } from "../shared/Failure.tsx";
import { icon } from "../shared/icon.ts";
import { Refused } from "../shared/Refused.tsx";
import { useAsked } from "../shared/useAsked.ts";
import { useSubmit } from "../shared/useSubmit.ts";
import { AdvancedFields } from "./AdvancedFields.tsx";
import { draftOf, inputOf, newDraft, type EndpointDraft } from "./endpointDraft.ts";
import { Field } from "./Field.tsx";
import { hostOf } from "./endpointWords.ts";
import { leaveFor } from "./place.ts";
import { api, usePortal } from "./portalContext.ts";
import { RequestPreview } from "./RequestPreview.tsx";
import { TypePicker } from "./TypePicker.tsx";

/** A new endpoint, or with an id the settings of one. */
export function EndpointForm({ endpointId }: { readonly endpointId: string | null }) {
  const { answer, failure, refresh } = useAsked(endpointId, () => api.endpoint(endpointId!));
  if (endpointId === null) return <Form endpoint={null} />;
  if (answer !== null) return <Form endpoint={answer} />;
  return failure ? (
    <Failure what="The endpoint could not be loaded" failure={failure} onRetry={refresh} />
  ) : (
    <div className="skeleton page-skeleton" role="group" aria-label="Loading the endpoint">
      <span className="skeleton-line" style={{ width: "280px" }} />
    </div>
  );
}

function Form({ endpoint }: { readonly endpoint: Endpoint | null }) {
  const { say, showSecret, mayManage } = usePortal();
  const [draft, setDraft] = useState<EndpointDraft>(() => (endpoint ? draftOf(endpoint) : newDraft()));
  const form = useRef<HTMLFormElement>(null);
  const types = useAsked("event types", api.eventTypes);
  const { busy, failure, submit } = useSubmit(async () => {
    if (endpoint === null) {
      const created = await api.create(inputOf(draft, null));
      leaveFor({ endpoint: created.endpoint.id });
      showSecret(created);
      return;
    }
    await api.update(endpoint.id, inputOf(draft, endpoint));
    leaveFor({ endpoint: endpoint.id });
    say("Saved. The next try goes by it.");
  });
  const change = (changes: Partial<EndpointDraft>) => setDraft((now) => ({ ...now, ...changes }));
  const wrong = failure?.path[0];
  const errorOf = (name: string) => (wrong === name ? failure!.message : null);

  // The first field that was refused, also where it lies in a closed part.
  useEffect(() => {
    if (wrong === undefined) return;
    const field = form.current?.querySelector<HTMLElement>(`[data-field="${wrong}"]`);
    field?.closest("details")?.setAttribute("open", "");
    field?.querySelector<HTMLElement>("input, textarea, select")?.focus();
  }, [failure, wrong]);

  const leave = () => leaveFor(endpoint === null ? {} : { endpoint: endpoint.id });
  return (
    <>
      <nav className="crumbs" aria-label="Back">
        <button type="button" className="back" onClick={leave}>
          <ArrowLeft {...icon} />
          {endpoint === null ? "Webhooks" : hostOf(endpoint.url)}
        </button>
      </nav>
      <form
        ref={form}
        className="form"
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className="form-fields">
          <h1>{endpoint === null ? "Add an endpoint" : "Edit the endpoint"}</h1>
          <Field
            name="url"
            label="Address"
            hint="Takes POST requests and answers 200 to 299 once it has them."
            error={errorOf("url")}
          >
            {(ids) => (
              <input
                {...ids}
                type="url"
                inputMode="url"
                autoFocus={endpoint === null}
                autoComplete="off"
                spellCheck={false}
                placeholder="https://example.com/webhooks"
                value={draft.url}
                onChange={(event) => change({ url: event.target.value })}
              />
            )}
          </Field>
          <Field name="description" label="What it is for" optional error={errorOf("description")}>
            {(ids) => (
              <input
                {...ids}
                maxLength={500}
                placeholder="Sync to the warehouse"
                value={draft.description}
                onChange={(event) => change({ description: event.target.value })}
              />
            )}
          </Field>
          <TypePicker
            chosen={draft.types}
            known={types.answer}
            error={errorOf("types")}
            onChange={(chosen) => change({ types: chosen })}
          />
          <AdvancedFields draft={draft} endpoint={endpoint} errorOf={errorOf} change={change} />
          <div className="form-end">
            {wrong !== undefined ? (
              <p className="refused" role="alert">
                Nothing was saved yet: one field above needs a change.
              </p>
            ) : (
              <Refused failure={failure} />
            )}
            <div className="form-buttons">
              <button type="submit" className="button button-primary" disabled={busy || !mayManage}>
                {busy ? "Saving" : endpoint === null ? "Add endpoint" : "Save"}
              </button>
              <button type="button" className="button button-bare" onClick={leave}>
                Cancel
              </button>
            </div>
          </div>
        </div>
        <RequestPreview draft={draft} types={types.answer ?? []} />
      </form>
    </>
  );
}
