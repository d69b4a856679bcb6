import type { ReactElement } from "react";
import { classOf, useLook } from "./useLook.ts";

/** The stylesheet draws common names; all of Lucide would weigh a megabyte. */
export function Icon({ name }: { readonly name: string }): ReactElement {
  const { slots, classNames } = useLook();
  if (slots.icon) return <slots.icon name={name} />;
  return <span className={classOf("icon", classNames.icon)} data-icon={name} aria-hidden />;
}
