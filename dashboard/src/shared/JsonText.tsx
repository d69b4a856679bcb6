import { useMemo, type ReactNode } from "react";
import { CopyButton } from "./CopyButton.tsx";

interface JsonTextProps {
  readonly label: string;
  readonly text: string;
}

/** Longer ones are shown as they are: colours for 64 KiB would make thousands of elements. */
const MAX_COLOURED = 20_000;

/** JSON set out in lines; anything else as it came. What is copied is always what came. */
export function JsonText({ label, text }: JsonTextProps) {
  const shown = useMemo(() => colour(setOut(text)), [text]);
  return (
    <div className="json">
      <div className="json-head">
        <span>{label}</span>
        <CopyButton text={text} what={label.toLowerCase()} />
      </div>
      <pre tabIndex={0} aria-label={label}>
        {shown}
      </pre>
    </div>
  );
}

/** Numbers that JavaScript cannot hold would be changed by parsing: then nothing is set out. */
function setOut(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    const same = JSON.stringify(parsed) === text.replace(/\s+(?=(?:[^"\\]|\\.|"(?:[^"\\]|\\.)*")*$)/g, "");
    return same || text.length < 200 ? JSON.stringify(parsed, null, 2) : text;
  } catch {
    return text;
  }
}

function colour(text: string): ReactNode {
  if (text.length > MAX_COLOURED || !/^[[{]/.test(text)) return text;
  // Keys and strings, then everything else in between.
  return text.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?)/).map((part, index) => {
    if (!part.startsWith('"')) return part;
    const isKey = part.endsWith(":");
    return (
      <span key={index} className={isKey ? "json-key" : "json-string"}>
        {part}
      </span>
    );
  });
}
