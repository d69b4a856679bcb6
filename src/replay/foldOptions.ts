import {
  aName,
  anObject,
  anything,
  checkOptions,
  LARGEST_INTEGER,
  refuseOption,
  wholeNumber,
} from "../checkOptions.ts";
import type { Lane } from "../events/defineEvent.ts";
import type { Viewer } from "../events/viewer.ts";
import type { SnapshotOptions } from "./snapshots.ts";
import { checkUntil, type ReplayUntil } from "./until.ts";

export interface FoldOptions {
  /** Default: the context's account, then the fixed one. */
  account?: string | undefined;
  /** The past: a position, an event (which is included) or a time. Default: all that is recorded. */
  until?: ReplayUntil | undefined;
  /** Default `["domain"]`. */
  lanes?: readonly Lane[] | undefined;
  /** Folds what this one may see, as if there were nothing else. Not with snapshots. Default: the app itself asks, and folds all. */
  viewer?: Viewer | undefined;
  /** Keeps the state of long histories, which must then be JSON. Default: every fold begins at the beginning. */
  snapshots?: SnapshotOptions | undefined;
}

/** Throws INVALID_OPTION for what cannot work; account, lanes and viewer are checked where they are read. */
export function checkFold(options: FoldOptions): FoldOptions {
  checkOptions(options, {
    account: anything,
    until: anything,
    lanes: anything,
    viewer: anything,
    snapshots: anObject,
  });
  const { snapshots, viewer } = options;
  const until = options.until === undefined ? undefined : checkUntil(options.until);
  if (snapshots === undefined) return { ...options, until };
  checkOptions(
    snapshots,
    { name: aName(100), version: wholeNumber(1, LARGEST_INTEGER), every: wholeNumber(1, LARGEST_INTEGER) },
    ["snapshots"],
  );
  if (snapshots.name === undefined) refuseOption(["snapshots", "name"], "is missing");
  // They are kept for everybody, and would show one what only another may see.
  if (viewer !== undefined) refuseOption(["snapshots"], "cannot go together with viewer");
  return { ...options, until };
}
