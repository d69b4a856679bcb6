import { Gauge, History, Webhook } from "lucide-react";
import type { MemberView } from "../../domain/readBoard.ts";
import { Avatar } from "../shared/Avatar.tsx";
import { goTo } from "../shared/place.ts";
import { PersonSwitcher } from "./PersonSwitcher.tsx";
import { ThemeToggle } from "./ThemeToggle.tsx";

interface HeaderProps {
  readonly title: string;
  readonly members: readonly MemberView[];
  readonly personId: string;
  readonly become: (personId: string) => void;
  readonly onInvite: (name: string) => Promise<boolean>;
  /** Present on a phone, where the activity is behind a button: how many lines are waiting. */
  readonly waiting: number | null;
}

export function Header({ title, members, personId, become, onInvite, waiting }: HeaderProps) {
  return (
    <header className="header">
      <Mark />
      <h1>{title}</h1>
      <div className="header-people" role="group" aria-label="Members">
        {members.map((member) => (
          <Avatar key={member.id} member={member} label={member.name} />
        ))}
      </div>
      <div className="header-end">
        <DashboardLink />
        <WebhooksButton />
        {waiting !== null && <ActivityButton waiting={waiting} />}
        <ThemeToggle />
        <PersonSwitcher members={members} personId={personId} become={become} onInvite={onInvite} />
      </div>
    </header>
  );
}

/** Where the log of this board can be looked into: it comes with Tidings and not with the board. */
function DashboardLink() {
  return (
    <a className="button button-bare header-button" href="/tidings/dashboard/">
      <Gauge size={18} strokeWidth={1.75} aria-hidden />
      <span>Dashboard</span>
    </a>
  );
}

function WebhooksButton() {
  return (
    <button
      type="button"
      className="button button-bare header-button"
      onClick={() => goTo({ webhooksOpen: true })}
    >
      <Webhook size={18} strokeWidth={1.75} aria-hidden />
      <span>Webhooks</span>
    </button>
  );
}

function ActivityButton({ waiting }: { readonly waiting: number }) {
  return (
    <button
      type="button"
      className="icon-button activity-button"
      aria-label={waiting === 0 ? "Activity" : `Activity, ${waiting} new`}
      onClick={() => goTo({ activityOpen: true })}
    >
      <History size={18} strokeWidth={1.75} aria-hidden />
      {waiting > 0 && <span className="badge figures">{waiting > 99 ? "99+" : waiting}</span>}
    </button>
  );
}

/** Three lines of a log. */
function Mark() {
  return (
    <svg className="mark" width="24" height="24" viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" />
      <path d="M9 10h14M9 16h10M9 22h6" />
    </svg>
  );
}
