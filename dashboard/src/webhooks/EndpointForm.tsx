import { useEffect, useRef, useState, type FormEvent } from "react";
import { asFailure } from "../shared/ask.ts";
import { Failure } from "../shared/Failure.tsx";
import { Refused } from "../shared/Refused.tsx";
import { useAsked } from "../shared/useAsked.ts";
import { useSubmit } from "../shared/useSubmit.ts";
import type { BackfillStart, Endpoint } from "./api.ts";
import { AdvancedFields } from "./AdvancedFields.tsx";
import { draftOf, inputOf, newDraft, type EndpointDraft } from "./endpointDraft.ts";
import { Field } from "./Field.tsx";
import { hostOf } from "./endpointWords.ts";
import { RequestPreview } from "./RequestPreview.tsx";
import { TypePicker } from "./TypePicker.tsx";
import { backfillStart } from "./historyDraft.ts";
import { HistoryChoice } from "./HistoryFields.tsx";
import { useWebhooks } from "./host.ts";

/** A new endpoint, or with an id the settings of one. */
export function EndpointForm({ endpointId }: { readonly endpointId: string | null }) {
  const { api, Page } = useWebhooks();
  const { answer, failure, refresh } = useAsked(endpointId, () => api.endpoint(endpointId!));
  const title = endpointId === null ? "Add an endpoint" : "Edit the endpoint";
  const back =
    endpointId === null
      ? { to: {}, words: "Webhooks" }
      : { to: { endpoint: endpointId }, words: answer === null ? "Endpoint" : hostOf(answer.url) };
  return (
    <Page title={title} back={back}>
      {endpointId === null || answer !== null ? (
        <Form endpoint={answer} />
      ) : failure ? (
        <Failure what="The endpoint could not be loaded" failure={failure} onRetry={refresh} />
      ) : (
        <div className="skeleton page-skeleton" role="group" aria-label="Loading the endpoint">
          <span className="skeleton-line" style={{ width: "280px" }} />
        </div>
      )}
    </Page>
  );
}

function Form({ endpoint }: { readonly endpoint: Endpoint | null }) {
  const { api, say, showSecret, mayManage, leaveFor } = useWebhooks();
  const [draft, setDraft] = useState<EndpointDraft>(() => (endpoint ? draftOf(endpoint) : newDraft()));
  const form = useRef<HTMLFormElement>(null);
  const types = useAsked("event types", api.eventTypes);
  const { busy, failure, submit } = useSubmit(async () => {
    if (endpoint === null) {
      const created = await api.create(inputOf(draft, null));
      const from = draft.history && backfillStart(draft.history, Date.now());
      leaveFor({ endpoint: created.endpoint.id });
      showSecret(created);
      if (from) await sendHistory(created.endpoint.id, from);
      return;
    }
    await api.update(endpoint.id, inputOf(draft, endpoint));
    leaveFor({ endpoint: endpoint.id });
    say("Saved. The next try goes by it.");
  });
  /** The endpoint is there by now: a refusal is told, and the menu of the endpoint tries again. */
  const sendHistory = async (id: string, from: BackfillStart) => {
    try {
      await api.backfill(id, from);
    } catch (error) {
      say(`The history was not sent: ${asFailure(error).message}`);
    }
  };
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
        {endpoint === null && (
          <HistoryChoice draft={draft.history} onChange={(history) => change({ history })} />
        )}
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
  );
}
