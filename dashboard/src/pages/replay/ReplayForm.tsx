import { startReplay, type ReplaySetup } from "../../dashboardApi/replays.ts";
import { useFrame } from "../../frame/frameContext.ts";
import { addressOf, addressWith, goTo, usePlace } from "../../frame/place.ts";
import { Refused } from "../../shared/Refused.tsx";
import { useSubmit } from "../../shared/useSubmit.ts";
import { ActionPicker } from "./ActionPicker.tsx";
import { KindField } from "./KindField.tsx";
import { choiceOf, queryOf, requestOf, type ReplayChoice } from "./replayChoice.ts";
import { UntilField } from "./UntilField.tsx";

/** Everything that is chosen stands in the address, so that a replay can be handed on before it is started. */
export function ReplayForm({ setup }: { readonly setup: ReplaySetup }) {
  const choice = choiceOf(usePlace().query);
  const { account } = useFrame().identity;
  const request = requestOf(choice);
  const change = (part: Partial<ReplayChoice>) => goTo(addressWith(queryOf(part)), { replace: true });
  const { busy, failure, submit } = useSubmit(async () => {
    if (request === null) return;
    const { id } = await startReplay(request);
    goTo(addressOf(["replay", id]));
  });
  return (
    <form
      className="replay-form"
      aria-label="New replay"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <section aria-labelledby="replay-until">
        <h2 id="replay-until">Until when</h2>
        <UntilField
          until={choice.until}
          lastPosition={setup.lastPosition}
          onChange={(until) => change({ until })}
        />
      </section>
      <div className="replay-choices">
        <section aria-labelledby="replay-what" className="replay-what">
          <h2 id="replay-what">What</h2>
          <p className="quiet">
            Of the account <b>{account}</b>.
          </p>
          <ActionPicker
            actions={setup.actions}
            chosen={choice.types}
            onChange={(types) => change({ types })}
          />
          <label className="field">
            <span>One entity (optional)</span>
            <input
              value={choice.subject}
              placeholder="user:1"
              autoComplete="off"
              spellCheck={false}
              onChange={({ target }) => change({ subject: target.value })}
            />
          </label>
          <label className="choice">
            <input
              type="checkbox"
              checked={choice.strict}
              onChange={({ target }) => change({ strict: target.checked })}
            />
            <span>
              Stop at what cannot be replayed{" "}
              <span className="quiet">otherwise it is set aside and listed</span>
            </span>
          </label>
        </section>
        <section aria-labelledby="replay-how" className="replay-how">
          <h2 id="replay-how">How</h2>
          <KindField setup={setup} kind={choice.kind} onChange={(kind) => change({ kind })} />
          <div className="replay-start">
            <button type="submit" className="button button-primary" disabled={busy || request === null}>
              {choice.kind === "compare" ? "Compare with the present" : "Start the dry run"}
            </button>
          </div>
          <Refused failure={failure} />
        </section>
      </div>
    </form>
  );
}
