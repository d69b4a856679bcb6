import type { ReplayCount, ReplayKind } from "../../dashboardApi/replays.ts";
import { addressOf } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { ToneMark } from "../../shared/ToneMark.tsx";
import { countedBy } from "./replayWords.ts";

interface RunCountsProps {
  readonly counts: readonly ReplayCount[];
  readonly kind: ReplayKind;
}

/** By type and version: how many, and what became of them. What was not replayed comes first. */
export function RunCounts({ counts, kind }: RunCountsProps) {
  const shown = counts.toSorted((a, b) => order.indexOf(a.by) - order.indexOf(b.by) || b.events - a.events);
  return (
    <section aria-labelledby="replay-counts">
      <h2 id="replay-counts">{kind === "dry_run" ? "What it would replay" : "What it replayed"}</h2>
      <div className="replay-table" tabIndex={0} role="group" aria-label="By type and version">
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">Type</th>
              <th scope="col">Version</th>
              <th scope="col" className="number">
                Events
              </th>
              <th scope="col">Replayed by</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ type, version, events, by, detail }) => (
              <tr key={`${type} ${version} ${by}`}>
                <th scope="row">
                  <PlaceLink data-row to={addressOf(["catalog", type])}>
                    {type}
                  </PlaceLink>
                </th>
                <td>{version}</td>
                <td className="number">{events.toLocaleString()}</td>
                <td>
                  <ToneMark {...countedBy[by]} />
                  {detail !== null && <span className="replay-detail quiet">{detail}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const order: readonly ReplayCount["by"][] = ["failed", "unknown", "ignored", "route", "action"];
