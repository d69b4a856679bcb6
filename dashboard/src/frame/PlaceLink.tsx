import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { goTo } from "./place.ts";

interface PlaceLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  /** From addressOf() or addressWith(). */
  readonly to: string;
  /** Going back should not lead here again. Default false. */
  readonly replaces?: boolean | undefined;
}

/** A real link, so that it has an address; a plain click changes the page in place. */
export function PlaceLink({ to, replaces = false, onClick, ...rest }: PlaceLinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    goTo(to, { replace: replaces });
  };
  return <a {...rest} href={to} onClick={follow} />;
}
