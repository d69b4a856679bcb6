import { CircleCheck, CircleDashed, CirclePause, CircleSlash, CircleX, RotateCw } from "lucide-react";
import type { DeliveryState } from "./api.ts";
import { icon } from "../shared/icon.ts";
import { stateWords } from "./deliveryWords.ts";

const icons = {
  pending: CircleDashed,
  delivered: CircleCheck,
  retrying: RotateCw,
  failed: CircleX,
  held: CirclePause,
  expired: CircleSlash,
} satisfies Record<DeliveryState, unknown>;

export function DeliveryStateMark({ state }: { readonly state: DeliveryState }) {
  const Icon = icons[state];
  const { word, tone } = stateWords[state];
  return (
    <span className={`status tone-${tone}`}>
      <Icon {...icon} />
      {word}
    </span>
  );
}
