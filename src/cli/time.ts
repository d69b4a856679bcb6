import { CliError } from "./cliError.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `15m` (ago), `2026-11-20` or an ISO time. */
export function parseMoment(option: string, text: string, now = Date.now()): Date {
  const ago = /^(\d+)([smhd])$/.exec(text);
  const time = ago ? now - Number(ago[1]) * UNITS[ago[2]!]! : Date.parse(text);
  if (!Number.isFinite(time) || !(ago || /^\d{4}-\d{2}-\d{2}/.test(text))) {
    throw new CliError(
      "USAGE",
      `${option} must be a time such as 2026-11-20T09:30Z, or 15m, 2h, 7d ago; not "${text}"`,
    );
  }
  return new Date(time);
}
