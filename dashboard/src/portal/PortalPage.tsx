import { ArrowLeft } from "lucide-react";
import { icon } from "../shared/icon.ts";
import type { WebhooksPageProps } from "../webhooks/host.ts";
import { PlaceLink } from "../webhooks/PlaceLink.tsx";

export function PortalPage({ title, detail, line, beside, back, actions, children }: WebhooksPageProps) {
  return (
    <>
      {back && (
        <nav className="crumbs" aria-label="Back">
          <PlaceLink to={back.to} className="back">
            <ArrowLeft {...icon} />
            {back.words}
          </PlaceLink>
        </nav>
      )}
      <header className="page-head">
        <div className="page-title">
          <h1 className="endpoint-title">
            {title}
            {detail && <span className="endpoint-path">{detail}</span>}
            {beside}
          </h1>
          {line}
        </div>
        {actions}
      </header>
      {children}
    </>
  );
}
