import { Activity } from "lucide-react";
import { eventTypes } from "../../dashboardApi/catalog.ts";
import { useFrame } from "../../frame/frameContext.ts";
import { CopyButton } from "../../shared/CopyButton.tsx";
import { useAsked } from "../../shared/useAsked.ts";
import { clearFilters } from "./FilterBar.tsx";

/** What will be here, and what brings it. */
export function NothingYet({ isFiltered }: { readonly isFiltered: boolean }) {
  return (
    <div className="empty log-empty">
      <Activity size={24} strokeWidth={1.75} aria-hidden />
      {isFiltered ? (
        <>
          <h2>Nothing matches yet</h2>
          <p>An event that does shows up here as soon as it is recorded.</p>
          <button type="button" className="button" onClick={clearFilters}>
            Clear the filters
          </button>
        </>
      ) : (
        <>
          <h2>Nothing has been recorded yet</h2>
          <p>Every event shows up here the moment it gets its position. Record the first one:</p>
          <FirstCommand />
        </>
      )}
    </div>
  );
}

function FirstCommand() {
  const { account, actor } = useFrame().identity;
  const types = useAsked("types", eventTypes).answer;
  const first = types?.find(({ lane }) => lane === "domain");
  if (!first) return null;
  const subject = `${first.subject.kinds[0] ?? "thing"}:1`;
  const command = `npx tidings record ${first.type} --account ${account} --actor ${actor.type}:${actor.id} --subject ${subject}`;
  return (
    <p className="command">
      <code>{command}</code>
      <CopyButton text={command} what="the command" />
    </p>
  );
}

export function LogSkeleton() {
  return (
    <div className="skeleton log-skeleton" role="status" aria-label="Loading the log">
      {Array.from({ length: 12 }, (_, index) => (
        <span key={index} className="skeleton-line" />
      ))}
    </div>
  );
}
