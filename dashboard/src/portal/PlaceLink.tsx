import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { addressOf, goTo, leaveFor, type Place } from "./place.ts";

interface PlaceLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly to: Partial<Place>;
  /** The place that the link is within, whose filters stay. Default: it leads to another page. */
  readonly within?: Place | undefined;
}

/** A real link, so that it has an address; a plain click changes the page in place. */
export function PlaceLink({ to, within, ...rest }: PlaceLinkProps) {
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (within) goTo(to);
    else leaveFor(to);
  };
  return <a {...rest} href={addressOf({ ...within, ...to })} onClick={onClick} />;
}
