import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { icon } from "./icon.ts";

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for the button's name: "Copy the secret". */
  readonly what: string;
  readonly withWord?: boolean | undefined;
  readonly onCopied?: (() => void) | undefined;
}

const COPIED_MS = 2_000;

export function CopyButton({ text, what, withWord = false, onCopied }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await copyText(text);
    setCopied(true);
    onCopied?.();
  };
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      className={withWord ? "button" : "icon-button"}
      aria-label={copied ? "Copied" : `Copy ${what}`}
      title={withWord ? undefined : `Copy ${what}`}
      onClick={() => void copy()}
    >
      <Icon {...icon} />
      {withWord && <span>{copied ? "Copied" : "Copy"}</span>}
      <span role="status" className="visually-hidden">
        {copied ? `Copied ${what}` : ""}
      </span>
    </button>
  );
}

/** Inside a frame of another site the clipboard may be closed; the older way still works there. */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    // In the topmost dialog, where there is one: what lies outside of it cannot be selected.
    const host = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
    const focused = document.activeElement;
    host.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
