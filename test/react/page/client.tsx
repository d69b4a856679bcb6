import "@fontsource-variable/inter/wght.css";
import { StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { App } from "./App.tsx";
import "./page.css";
import { placeOf, type Given } from "./place.ts";

const root = document.getElementById("root")!;
const given = JSON.parse(document.getElementById("given")!.textContent) as Given;
const app = (
  <StrictMode>
    <App place={placeOf(new URLSearchParams(location.search))} given={given} />
  </StrictMode>
);
if (root.hasChildNodes()) hydrateRoot(root, app);
else createRoot(root).render(app);
