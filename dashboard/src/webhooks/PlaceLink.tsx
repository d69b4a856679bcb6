import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { useWebhooks } from "./host.ts";
import { start, type Place } from "./place.ts";

interface PlaceLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly to: Partial<Place>;
  /** The place that the link is within, whose filters stay. Default: it leads to another page. */
  readonly within?: Place | undefined;
}

/** A real link, so that it has an address; a plain click changes the page in place. */
export function PlaceLink({ to, within = start, ...rest }: PlaceLinkProps) {
  const { addressOf, go } = useWebhooks();
  const address = addressOf({ ...within, ...to });
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(address, { replace: false });
  };
  return <a {...rest} href={address} onClick={onClick} />;
}
