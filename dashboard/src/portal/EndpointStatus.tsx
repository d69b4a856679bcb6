import { CircleCheck, CirclePause, CircleX, TriangleAlert } from "lucide-react";
import type { Endpoint } from "../api.ts";
import { icon } from "../shared/icon.ts";
import { statusWords, type Tone } from "./endpointWords.ts";

export const toneIcons = {
  good: CircleCheck,
  warn: TriangleAlert,
  bad: CircleX,
  quiet: CirclePause,
} satisfies Record<Tone, unknown>;

export function EndpointStatus({ endpoint }: { readonly endpoint: Endpoint }) {
  const { tone, word } = statusWords(endpoint);
  const Icon = toneIcons[tone];
  return (
    <span className={`status tone-${tone}`}>
      <Icon {...icon} />
      {word}
    </span>
  );
}
