import type { ReplaySetup } from "../../dashboardApi/replays.ts";
import { CodeToCopy } from "../../shared/CodeToCopy.tsx";
import type { ReplayChoice } from "./replayChoice.ts";

interface KindFieldProps {
  readonly setup: ReplaySetup;
  readonly kind: ReplayChoice["kind"];
  readonly onChange: (kind: ReplayChoice["kind"]) => void;
}

/** Nothing that is offered here changes the app's tables. */
export function KindField({ setup, kind, onChange }: KindFieldProps) {
  const canCompare = setup.tables.length > 0;
  return (
    <>
      <div className="choices" role="radiogroup" aria-labelledby="replay-how">
        <label className="choice">
          <input type="radio" name="kind" checked={kind === "dry_run"} onChange={() => onChange("dry_run")} />
          <span>
            Dry run <span className="quiet">counts what would be replayed, and by what; writes nothing</span>
          </span>
        </label>
        <label className="choice">
          <input
            type="radio"
            name="kind"
            checked={kind === "compare"}
            disabled={!canCompare}
            onChange={() => onChange("compare")}
          />
          <span>
            Compare{" "}
            <span className="quiet">
              {canCompare
                ? `replays into an empty database, then reads ${listWords(setup.tables)} of both row by row`
                : "replays into an empty database; none is set up yet"}
            </span>
          </span>
        </label>
      </div>
      {!canCompare && <CodeToCopy text={SCRATCH} what="the setting for comparisons" />}
      <p className="quiet replay-in-place">
        A replay in place begins from the result of one of these.
        {!setup.clear && " It needs replay.clear, which says how the app empties its tables."}
      </p>
    </>
  );
}

const SCRATCH = `createTidings({
  replay: {
    scratch: () => pgScratch(pool, { prepare: migrateApp }),
    tables: [{ table: "users", account: "account_id" }],
  },
});`;

const NAMED = 3;

/** "users, posts and 4 more tables". */
function listWords(tables: readonly string[]): string {
  const named = tables.slice(0, NAMED);
  const more = tables.length - named.length;
  if (more > 0) return `${named.join(", ")} and ${more} more ${more === 1 ? "table" : "tables"}`;
  return named.length < 2 ? named.join("") : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
}
