import { Check, ChevronDown, ExternalLink } from "lucide-react";
import { useRef } from "react";
import type { MemberView } from "../../domain/readBoard.ts";
import { Avatar } from "../shared/Avatar.tsx";
import { addressOf } from "../shared/place.ts";
import { InviteMember } from "./InviteMember.tsx";

interface PersonSwitcherProps {
  readonly members: readonly MemberView[];
  readonly personId: string;
  readonly become: (personId: string) => void;
  readonly onInvite: (name: string) => Promise<boolean>;
}

/** There are no passwords in the sample: anybody may be anybody, also in a second window at the same time. */
export function PersonSwitcher({ members, personId, become, onInvite }: PersonSwitcherProps) {
  const menu = useRef<HTMLDivElement>(null);
  const person = members.find((member) => member.id === personId);
  const choose = (id: string) => {
    become(id);
    menu.current?.hidePopover();
  };
  return (
    <>
      <button type="button" className="person-button" popoverTarget="people">
        {person && <Avatar member={person} />}
        <span>
          <span className="visually-hidden">You are </span>
          {person?.name}
        </span>
        <ChevronDown size={16} strokeWidth={1.75} aria-hidden />
      </button>
      <div ref={menu} id="people" popover="auto" className="people" role="dialog" aria-label="Who you are">
        <p className="people-hint">Be somebody else, or open a second window</p>
        <ul>
          {members.map((member) => (
            <li key={member.id}>
              <button
                type="button"
                className="people-choice"
                aria-pressed={member.id === personId}
                onClick={() => choose(member.id)}
              >
                <Avatar member={member} />
                {member.name}
                {member.id === personId && <Check size={16} strokeWidth={1.75} aria-hidden />}
              </button>
              <a
                className="icon-button"
                href={addressOf({ personId: member.id })}
                target={`board-as-${member.id}`}
                aria-label={`Open a second window as ${member.name}`}
                title={`Open a second window as ${member.name}`}
              >
                <ExternalLink size={16} strokeWidth={1.75} aria-hidden />
              </a>
            </li>
          ))}
        </ul>
        <InviteMember onInvite={onInvite} />
      </div>
    </>
  );
}
