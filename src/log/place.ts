/** Where a reader of the log is: everything up to a position, and the event that it has there, null where that is not known. */
export interface Place {
  readonly position: number;
  readonly id: string | null;
}

/**
 * SQL: whether the log as it is now leads through a place, given as two parameters. False after a failover or restore took it back to
 * before that, also when other events have the positions again: what was read there must not move a checkpoint, or what took the
 * places of what is gone would be passed over for good. The tail finds out too, but only at its next look. Where retention has taken
 * the event, that the log is long enough must do.
 */
export function isThere(position: string, id: string): string {
  return `coalesce((select event_id = ${id}::uuid from tidings.event_order where pos = ${position}::bigint),
                   (select last_position >= ${position}::bigint from tidings.sequencer_now))`;
}
