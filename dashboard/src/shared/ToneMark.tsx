import { CircleCheck, CircleDashed, CirclePause, CircleX, TriangleAlert } from "lucide-react";
import { icon } from "./icon.ts";

/** `busy`: at work, neither good nor bad yet. */
export type Tone = "good" | "warn" | "bad" | "busy" | "quiet";

export const toneIcons = {
  good: CircleCheck,
  warn: TriangleAlert,
  bad: CircleX,
  busy: CircleDashed,
  quiet: CirclePause,
} satisfies Record<Tone, unknown>;

/** A state: colour, shape and word together, so that none of them has to be seen. */
export function ToneMark({ tone, word }: { readonly tone: Tone; readonly word: string }) {
  const Icon = toneIcons[tone];
  return (
    <span className={`status tone-${tone}`}>
      <Icon {...icon} />
      {word}
    </span>
  );
}
