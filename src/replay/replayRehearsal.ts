import type { ReplayDependencies } from "./replay.ts";
import type { CheckedReplay } from "./replayChecks.ts";
import { prunedAt } from "./replayBeginning.ts";
import { childrenOf, loadInside, rootsOf } from "./replayInside.ts";
import { createReport, type ReplayReport } from "./replayReport.ts";
import { familyOf } from "./replayScan.ts";
import { emptyTally, openTally, type OpenTally } from "./replayTally.ts";
import { scanActions, type ScannedEvent } from "./scanActions.ts";
import { numberAll } from "./snapshotOfSource.ts";
import { findEnd } from "./until.ts";

/** Says what a replay would do, by the same reading of the log, and does nothing. */
export async function rehearse({ db }: ReplayDependencies, replay: CheckedReplay): Promise<ReplayReport> {
  const began = performance.now();
  const { account, subject, until } = replay.what;
  const end = await findEnd(db, until ?? undefined, account, await db.transaction(numberAll));
  const family = familyOf(replay, end.position);
  const tally = openTally(emptyTally);
  const scan = {
    after: replay.after,
    upTo: end.position,
    account,
    subject,
    routed: replay.routed,
    seen: null,
  };
  for await (const page of scanActions(db, { ...scan, before: end.before })) {
    replay.signal?.throwIfAborted();
    if (page.gone.length > 0) throw prunedAt(page.gone[0]!);
    const roots = await rootsOf(db, page.events, family);
    const inside = await loadInside(db, roots);
    const visit = (event: ScannedEvent): void => {
      countOne(replay, event, tally);
      for (const child of childrenOf(event, inside)) visit({ ...child, position: event.position });
    };
    for (const event of roots) visit(event);
    const elapsed = performance.now() - began;
    const { replayed: events } = tally.current();
    const share = page.scannedTo / end.position;
    replay.onProgress?.({
      id: null,
      phase: "replaying",
      events,
      position: page.scannedTo,
      lastPosition: end.position,
      perSecond: Math.round((events * 1_000) / elapsed),
      millisecondsLeft: share > 0 ? Math.round((elapsed * (1 - share)) / share) : null,
    });
  }
  const milliseconds = Math.round(performance.now() - began);
  const { position } = end;
  return createReport(replay, {
    id: null,
    resumed: false,
    position,
    tally: tally.current(),
    tables: null,
    milliseconds,
  });
}

/** What an action will perform inside is not known before it runs: children count as their own definitions treat them. */
function countOne({ treatmentOf }: CheckedReplay, event: ScannedEvent, tally: OpenTally): void {
  const treatment = treatmentOf(event);
  if (treatment.by === "unknown") tally.setAside(event, treatment.code, treatment.detail);
  else tally.count(event, treatment.by, treatment.detail);
}
