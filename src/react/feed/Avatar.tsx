import type { ReactElement } from "react";
import { entityKey } from "../entityKey.ts";
import type { FeedEntity } from "../wire.ts";
import { classOf, useLook } from "./useLook.ts";

const HUES = 12;

/** Initials. The colour is the same for the same person; it is an attribute, which no content security policy forbids. */
export function Avatar({ entity }: { readonly entity: FeedEntity }): ReactElement {
  const { slots, classNames } = useLook();
  if (slots.avatar) return <slots.avatar entity={entity} />;
  return (
    <span className={classOf("avatar", classNames.avatar)} data-hue={hueOf(entityKey(entity))} aria-hidden>
      {initialsOf(entity.label ?? entity.id)}
    </span>
  );
}

/** "Ann" is A, "Ann van der Berg" is AB. */
function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => [...(word ?? "")][0] ?? "").join("");
}

function hueOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + character.codePointAt(0)!) % 9_973;
  return hash % HUES;
}
