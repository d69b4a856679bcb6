import { UserPlus } from "lucide-react";
import { type FormEvent, useState } from "react";

export function InviteMember({ onInvite }: { readonly onInvite: (name: string) => Promise<boolean> }) {
  const [name, setName] = useState("");
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "" && (await onInvite(name.trim()))) setName("");
  };
  return (
    <form className="invite" onSubmit={onSubmit}>
      <input
        maxLength={60}
        aria-label="Name of the new member"
        placeholder="Invite by name"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="icon-button" aria-label="Invite" title="Invite">
        <UserPlus size={18} strokeWidth={1.75} aria-hidden />
      </button>
    </form>
  );
}
