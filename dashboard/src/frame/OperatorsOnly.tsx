import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import { useFrame } from "./frameContext.ts";

interface OperatorsOnlyProps {
  /** What is closed: "Subscriptions are". */
  readonly what: string;
  readonly children: ReactNode;
}

/** What the role may not see says so, and who can open it, where a page that is merely empty would puzzle. */
export function OperatorsOnly({ what, children }: OperatorsOnlyProps) {
  const { role } = useFrame().identity;
  if (role === "operator") return children;
  return (
    <div className="empty">
      <Lock size={24} strokeWidth={1.75} aria-hidden />
      <h2>{what} for operators</h2>
      <p>
        Your role is <code>{role}</code>. This page is about the whole log and not one account, so the app has
        to say that you may: <code>role: "operator"</code> from <code>http.authorize</code>.
      </p>
    </div>
  );
}
