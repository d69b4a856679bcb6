import type { ReactElement } from "react";
import type { LinkSlotProps } from "./slots.ts";
import { useLook } from "./useLook.ts";

/** A link, or what the app uses for one. An address that runs code leads nowhere, whoever made the page. */
export function Link({ href, className, children }: LinkSlotProps): ReactElement {
  const Slot = useLook().slots.link;
  if (/^\s*(javascript|data|vbscript):/i.test(href)) return <span className={className}>{children}</span>;
  return Slot ? (
    <Slot href={href} className={className}>
      {children}
    </Slot>
  ) : (
    <a href={href} className={className}>
      {children}
    </a>
  );
}
