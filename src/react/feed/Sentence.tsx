import type { ReactElement } from "react";
import { entityKey } from "../entityKey.ts";
import { useTidings } from "../provider/useTidings.ts";
import type { SentencePart } from "../wire.ts";
import { Link } from "./Link.tsx";
import { wordsFor } from "./sentenceWords.ts";
import { useLook } from "./useLook.ts";

export interface SentenceProps {
  parts: readonly SentencePart[];
}

/** Entities are links where they have a page. The reader's own name becomes "You". */
export function Sentence({ parts }: SentenceProps): ReactElement {
  const { viewer, words } = useTidings();
  const { entity } = useLook();
  const texts = wordsFor(parts, viewer, words);
  return (
    <>
      {parts.map((part, index) => {
        const text = texts[index]!;
        if (part.entity === undefined) return text;
        const className = part.isActor ? "tidings-entity tidings-actor" : "tidings-entity";
        const isHere = entityKey(part.entity) === entity;
        return part.url === undefined || isHere ? (
          <b key={index} className={className}>
            {text}
          </b>
        ) : (
          <Link key={index} href={part.url} className={className}>
            {text}
          </Link>
        );
      })}
    </>
  );
}
