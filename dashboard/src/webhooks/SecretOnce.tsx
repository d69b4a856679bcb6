import { useState } from "react";
import type { WithSecret } from "./api.ts";
import { CopyButton } from "../shared/CopyButton.tsx";
import { DialogFrame } from "../shared/DialogFrame.tsx";
import { hostOf } from "./endpointWords.ts";
import { schemes } from "./schemes.ts";

interface SecretOnceProps {
  readonly created: WithSecret;
  readonly onClose: () => void;
}

/** The secret is kept sealed and never shown again, so the dialog is left by its button, not by a click beside it. */
export function SecretOnce({ created: { endpoint, secret }, onClose }: SecretOnceProps) {
  const [copied, setCopied] = useState(false);
  const scheme = schemes[endpoint.scheme];
  const publicKey = endpoint.keys[0]?.publicKey ?? null;
  return (
    <DialogFrame
      title="Store the signing secret now"
      onSubmit={onClose}
      actions={
        <button type="submit" className={copied ? "button button-primary" : "button"}>
          I have stored it
        </button>
      }
    >
      <p>
        {hostOf(endpoint.url)} needs it to tell our requests from forged ones. It is shown this once; a lost
        one is replaced by rotating.
      </p>
      <Key what="the secret" text={secret} onCopied={() => setCopied(true)} />
      {publicKey !== null && (
        <>
          <p>Your server verifies with the public key, so it need not hold the secret at all:</p>
          <Key what="the public key" text={publicKey} onCopied={() => setCopied(true)} />
        </>
      )}
      {scheme && (
        <p className="quiet">
          {scheme.verify} {scheme.code && <code className="secret-code">{scheme.code}</code>}
        </p>
      )}
    </DialogFrame>
  );
}

interface KeyProps {
  readonly what: string;
  readonly text: string;
  readonly onCopied: () => void;
}

function Key({ what, text, onCopied }: KeyProps) {
  return (
    <div className="secret">
      <code>{text}</code>
      <CopyButton what={what} text={text} withWord onCopied={onCopied} />
    </div>
  );
}
