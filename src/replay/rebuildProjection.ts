import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "../db/database.ts";
import { sqlStateOf } from "../db/sqlState.ts";
import { TidingsError, isTidingsError } from "../errors.ts";
import { resumeSubscription } from "../log/subscriptionStates.ts";
import { beginGeneration, type BeginDependencies } from "./beginGeneration.ts";
import type { Projection } from "./defineProjection.ts";
import { readGenerations, type Generation } from "./generations.ts";
import { stopped } from "./waitForProjection.ts";

export interface RebuildOptions {
  /** Called several times a second. */
  onProgress?: ((progress: RebuildProgress) => void) | undefined;
  /** Stops waiting. What is built stays: workers go on, and so does the next call. */
  signal?: AbortSignal | undefined;
}

export interface RebuildProgress {
  readonly version: number;
  readonly generation: number;
  /** Everything up to here is built … */
  readonly position: number;
  /** … of so many positions, more as others record. */
  readonly lastPosition: number;
  /** Positions a second since the call; null at first. */
  readonly perSecond: number | null;
  /** At this pace; null at first. */
  readonly secondsLeft: number | null;
}

/** Begins the build beside the live tables, or joins the one under way; lets one that stopped try again. */
export async function requestRebuild(
  dependencies: BeginDependencies,
  projection: Projection,
): Promise<Generation> {
  const { db } = dependencies;
  const begun = await beginGeneration(dependencies, projection, { anew: true });
  if (begun === null) throw superseded(projection);
  const building = await find(db, projection, begun.generation);
  if (building === undefined) throw superseded(projection);
  if (building.worker === "stopped") await resumeSubscription(db, building.subscription);
  return building;
}

const LOOK_MS = 200;

/**
 * Resolves when the generation is live. Whoever works on it does so elsewhere: in this process or in another one. `failure` tells
 * why the work in this one does not get on.
 */
export async function followRebuild(
  db: Database,
  projection: Projection,
  begun: Generation,
  { onProgress, signal }: RebuildOptions,
  failure: () => unknown,
): Promise<Generation> {
  const startedAt = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const present = await readGenerations(db, projection.name);
    const now = present.generations.find(({ subscription }) => subscription === begun.subscription);
    if (now === undefined || now.state === "retired") throw superseded(projection);
    if (now.worker === "stopped" && now.state === "building") throw stopped(now);
    if (isFinal(failure())) throw failure();
    const seconds = (performance.now() - startedAt) / 1_000;
    onProgress?.(progressOf(begun, now, present.lastPosition, seconds));
    if (now.state === "live") return now;
    await pause(LOOK_MS);
  }
}

/** A database that is gone for a moment comes back; what Tidings refuses, or a right that is missing, does not. */
function isFinal(failure: unknown): boolean {
  return isTidingsError(failure) || sqlStateOf(failure)?.startsWith("42") === true;
}

async function find(
  db: Database,
  { name, version }: Projection,
  generation: number,
): Promise<Generation | undefined> {
  const { generations } = await readGenerations(db, name);
  return generations.find((each) => each.version === version && each.generation === generation);
}

function progressOf(
  begun: Generation,
  { version, generation, position }: Generation,
  lastPosition: number,
  seconds: number,
): RebuildProgress {
  const done = position - begun.position;
  const perSecond = done > 0 ? Math.round(done / seconds) : null;
  const left = Math.max(0, lastPosition - position);
  return {
    version,
    generation,
    position,
    lastPosition,
    perSecond,
    secondsLeft: perSecond === null ? null : Math.ceil(left / perSecond),
  };
}

function superseded({ name, version }: Projection): TidingsError {
  return new TidingsError("PROJECTION_SUPERSEDED", { detail: `"${name}" version ${version}` });
}
