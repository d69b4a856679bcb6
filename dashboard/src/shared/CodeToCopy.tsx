import { CopyButton } from "./CopyButton.tsx";
import "./codeToCopy.css";

interface CodeToCopyProps {
  readonly text: string;
  /** For the button's name: "Copy the example". */
  readonly what: string;
}

/** The lines that fill an empty page. */
export function CodeToCopy({ text, what }: CodeToCopyProps) {
  return (
    <div className="code-to-copy">
      <pre tabIndex={0} role="group" aria-label={what}>
        {text}
      </pre>
      <CopyButton text={text} what={what} />
    </div>
  );
}
