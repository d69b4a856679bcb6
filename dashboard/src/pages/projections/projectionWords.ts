import type { Projection, ProjectionBuild } from "../../dashboardApi/projections.ts";
import { describeDuration } from "../../shared/duration.ts";
import type { Tone } from "../../shared/ToneMark.tsx";

export interface ProjectionWords {
  readonly tone: Tone;
  readonly word: string;
}

/** What matters most of the one that is read and the one that is built. */
export function projectionWords({ live, building }: Projection, lastPosition: number): ProjectionWords {
  if (building) {
    if (building.state === "stopped") return { tone: "bad", word: "Build stopped" };
    if (building.state === "idle") return { tone: "warn", word: "No process builds it" };
    return { tone: "busy", word: `Building ${percentOf(building, lastPosition)} %` };
  }
  if (live === null) return { tone: "quiet", word: "Not built yet" };
  if (live.state === "stopped") return { tone: "bad", word: "Stopped" };
  if (live.state === "waiting") return { tone: "warn", word: "Failing, tries again" };
  if (live.state === "idle" && live.behind > 0) return { tone: "warn", word: "No process runs it" };
  return { tone: "good", word: "Live" };
}

/** Whole percents, and 100 only once nothing is left. */
export function percentOf({ position, behind }: ProjectionBuild, lastPosition: number): number {
  if (behind === 0 || lastPosition === 0) return 100;
  return Math.min(99, Math.floor((100 * position) / lastPosition));
}

/** "2", "1, and 2 once it is built", "2, this server has 1". */
export function versionWords({ live, building, definedVersion }: Projection): string {
  const next = building?.version ?? definedVersion;
  if (live === null) return next === null ? "none" : `${next}, once it is built`;
  if (next === null || next === live.version) return String(live.version);
  return next > live.version
    ? `${live.version}, and ${next} once it is built`
    : `${live.version}, this server has ${next}`;
}

/** "nothing waits", "60,412 behind, 4,481 a second, about 13 s left". */
export function lagWords({ behind, perSecond, state }: ProjectionBuild): string {
  if (behind === 0) return "nothing waits";
  const lag = `${behind.toLocaleString()} behind`;
  if (state !== "running" || perSecond === null || perSecond === 0) return lag;
  const left = describeDuration(Math.max(1_000, (behind / perSecond) * 1_000));
  return `${lag}, ${perSecond.toLocaleString()} a second, about ${left} left`;
}
