import type { CSSProperties, ReactElement, ReactNode } from "react";

/** Heard, not seen; also without the stylesheet. */
export function Hidden({ id, role, children }: HiddenProps): ReactElement {
  return (
    <span id={id} role={role} className="tidings-hidden" style={hidden}>
      {children}
    </span>
  );
}

interface HiddenProps {
  id?: string | undefined;
  role?: "status" | undefined;
  children: ReactNode;
}

const hidden: CSSProperties = {
  position: "absolute",
  width: 1,
  height: 1,
  overflow: "hidden",
  clipPath: "inset(50%)",
  whiteSpace: "nowrap",
};
