import { RotateCw } from "lucide-react";
import { useState } from "react";
import type { Projection, ProjectionBuild } from "../../dashboardApi/projections.ts";
import { icon } from "../../shared/icon.ts";
import { ToneMark } from "../../shared/ToneMark.tsx";
import { lagWords, percentOf, projectionWords, versionWords } from "./projectionWords.ts";
import { RebuildDialog } from "./RebuildDialog.tsx";

interface ProjectionRowProps {
  readonly projection: Projection;
  readonly lastPosition: number;
  readonly refresh: () => void;
}

export function ProjectionRow({ projection, lastPosition, refresh }: ProjectionRowProps) {
  const { name, tables, live, building, definedVersion } = projection;
  const [isAsking, setIsAsking] = useState(false);
  const error = building?.lastError ?? live?.lastError ?? null;
  return (
    <li className="projection-row">
      <span className="projection-name">
        <b>{name}</b>
        <span className="quiet">{tables.join(", ")}</span>
      </span>
      <span className="projection-state">
        <ToneMark {...projectionWords(projection, lastPosition)} />
        {building && building.state !== "stopped" && (
          <progress aria-label={`Building ${name}`} max={100} value={percentOf(building, lastPosition)} />
        )}
        {error !== null && <code className="projection-error">{error.split("\n", 1)[0]}</code>}
      </span>
      <span className="figures">
        <span className="projection-label quiet">Version </span>
        {versionWords(projection)}
      </span>
      <span className="figures projection-position">
        {live && <Place build={live} />}
        {building && <Place build={building} what={live ? "the new one at" : undefined} />}
      </span>
      <button
        type="button"
        className="button"
        disabled={definedVersion === null || (building !== null && building.state !== "stopped")}
        aria-label={`Rebuild ${name}`}
        onClick={() => setIsAsking(true)}
      >
        <RotateCw {...icon} />
        Rebuild
      </button>
      {isAsking && (
        <RebuildDialog
          projection={projection}
          lastPosition={lastPosition}
          onStarted={refresh}
          onClose={() => setIsAsking(false)}
        />
      )}
    </li>
  );
}

function Place({ build, what }: { readonly build: ProjectionBuild; readonly what?: string | undefined }) {
  return (
    <span>
      {what ? (
        <span className="quiet">{what} </span>
      ) : (
        <span className="projection-label quiet">Position </span>
      )}
      {build.position.toLocaleString()} <span className="quiet">{lagWords(build)}</span>
    </span>
  );
}
