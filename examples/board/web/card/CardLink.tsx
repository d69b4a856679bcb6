import type { MouseEvent, ReactNode } from "react";
import { addressOf, goTo, usePlace } from "../shared/place.ts";

interface CardLinkProps {
  /** Null leads to the board. */
  readonly cardId: number | null;
  readonly className?: string | undefined;
  /** The id of an element that tells what else can be done with the link. */
  readonly describedBy?: string | undefined;
  readonly children: ReactNode;
}

/** A real link, so that it opens in a new tab, too; a plain click opens the card in this page. */
export function CardLink({ cardId, className, describedBy, children }: CardLinkProps) {
  const place = usePlace();
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    goTo({ cardId, activityOpen: false });
  };
  return (
    <a
      href={addressOf({ ...place, cardId, activityOpen: false })}
      className={className}
      aria-describedby={describedBy}
      onClick={open}
    >
      {children}
    </a>
  );
}
