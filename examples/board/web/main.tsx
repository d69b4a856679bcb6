import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@fontsource-variable/inter/wght.css";
import "tidings/react/styles.css";
import "../../../dashboard/src/styles/tokens.css";
import "../../../dashboard/src/styles/base.css";
import "../../../dashboard/src/styles/controls.css";
import "./styles/controls.css";
import "./styles/frame.css";
import "./styles/header.css";
import "./styles/board.css";
import "./styles/card.css";
import "./styles/feed.css";
import "./styles/progress.css";
import "./styles/hood.css";
import "./styles/webhooks.css";
import { App } from "./App.tsx";
import { applySavedTheme } from "./header/theme.ts";

applySavedTheme();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
