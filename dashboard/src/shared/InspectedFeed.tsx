import type { KeyboardEvent, MouseEvent, ReactNode } from "react";
import { addressWith, currentPlace, goTo } from "../frame/place.ts";

/** Around a feed of the React package: a line opens the Inspector, by a press or by Enter. Its own links lead into the app. */
export function InspectedFeed({ children }: { readonly children: ReactNode }) {
  const onClick = ({ target }: MouseEvent) => {
    const element = target as Element;
    if (element.closest("a, button, input, summary") === null) inspect(element);
  };
  const onKeyDown = ({ key, target }: KeyboardEvent) => {
    if (key === "Enter" && (target as Element).matches("article")) inspect(target as Element);
  };
  return (
    <div className="inspected-feed" onClick={onClick} onKeyDown={onKeyDown}>
      {children}
    </div>
  );
}

function inspect(element: Element): void {
  const id = element.closest<HTMLElement>("article[data-id]")?.dataset["id"];
  if (id === undefined) return;
  goTo(addressWith({ event: id }), { replace: currentPlace().query.has("event") });
}
