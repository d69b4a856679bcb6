import { CircleCheck, CirclePause, CircleX, TriangleAlert } from "lucide-react";
import { icon } from "./icon.ts";

export type Tone = "good" | "warn" | "bad" | "quiet";

export const toneIcons = {
  good: CircleCheck,
  warn: TriangleAlert,
  bad: CircleX,
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
