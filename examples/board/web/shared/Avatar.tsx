import type { MemberView } from "../../domain/readBoard.ts";

interface AvatarProps {
  readonly member: Pick<MemberView, "name" | "hue">;
  readonly size?: "small" | "medium" | undefined;
  /** Spoken where the name does not stand beside it. */
  readonly label?: string | undefined;
}

export function Avatar({ member, size = "medium", label }: AvatarProps) {
  return (
    <span
      className={`avatar avatar-${size}`}
      style={{ "--hue": member.hue }}
      title={label ?? member.name}
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    >
      {initialsOf(member.name)}
    </span>
  );
}

/** "Ann" is A, "Ann van der Berg" is AB. */
function initialsOf(name: string): string {
  const [first, ...rest] = name.trim().split(/\s+/);
  return [first, rest.at(-1)].map((word) => [...(word ?? "")][0] ?? "").join("");
}
