import { Gauge, History, Webhook } from "lucide-react";
import { useUnread } from "tidings/react";
import type { MemberView } from "../../domain/readBoard.ts";
import { MARKS } from "../feed/marks.ts";
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
  /** There the activity is behind a button. */
  readonly isPhone: boolean;
}

export function Header({ title, members, personId, become, onInvite, isPhone }: HeaderProps) {
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
        {isPhone && <ActivityButton />}
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

/** Counts what this person has not seen on any of their devices. */
function ActivityButton() {
  const { label } = useUnread(MARKS);
  return (
    <button
      type="button"
      className="icon-button activity-button"
      aria-label={label === "" ? "Activity" : `Activity, ${label} new`}
      onClick={() => goTo({ activityOpen: true })}
    >
      <History size={18} strokeWidth={1.75} aria-hidden />
      {label !== "" && <span className="badge figures">{label}</span>}
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
