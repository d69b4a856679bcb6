import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/parts.css";
import "./styles/portal.css";
import "./styles/endpoints.css";
import "./styles/endpoint.css";
import "./styles/deliveries.css";
import "./styles/form.css";
import { PortalApp } from "./portal/PortalApp.tsx";
import { openSession } from "./portal/session.ts";

openSession();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <PortalApp />
  </StrictMode>,
);
