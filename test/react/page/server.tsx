import { StrictMode } from "react";
import { renderToString } from "react-dom/server";
import { App } from "./App.tsx";
import { placeOf, type Given } from "./place.ts";

export function render(query: string, given: Given): string {
  return renderToString(
    <StrictMode>
      <App place={placeOf(new URLSearchParams(query))} given={given} />
    </StrictMode>,
  );
}
