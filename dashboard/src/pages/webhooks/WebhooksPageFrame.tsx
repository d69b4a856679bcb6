import { ArrowLeft } from "lucide-react";
import { PageFrame } from "../../frame/PageFrame.tsx";
import { icon } from "../../shared/icon.ts";
import type { WebhooksPageProps } from "../../webhooks/host.ts";
import { PlaceLink } from "../../webhooks/PlaceLink.tsx";

export function WebhooksPageFrame({
  title,
  detail = "",
  line,
  beside,
  back,
  actions,
  children,
}: WebhooksPageProps) {
  return (
    <PageFrame
      title={title + detail}
      crumbs={
        back && (
          <PlaceLink to={back.to} className="back">
            <ArrowLeft {...icon} />
            {back.words}
          </PlaceLink>
        )
      }
      actions={actions}
    >
      <div className="webhooks">
        {(line || beside) && (
          <div className="webhooks-line">
            {line}
            {beside}
          </div>
        )}
        {children}
      </div>
    </PageFrame>
  );
}
