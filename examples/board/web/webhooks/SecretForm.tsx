import { type FormEvent, useState } from "react";
import type { BundledReceiver } from "./useReceiver.ts";

/** An endpoint that somebody added has a secret that the receiver does not know yet. */
export function SecretForm({ receiver }: { readonly receiver: BundledReceiver }) {
  const [secret, setSecret] = useState("");
  const [learned, setLearned] = useState(false);
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await receiver.learn(secret))) return;
    setSecret("");
    setLearned(true);
  };
  return (
    <form className="secret-form" onSubmit={onSubmit}>
      <label htmlFor="receiver-secret">
        {learned
          ? "Learned. What was refused is tried again by itself."
          : "Signed with a secret that the receiver does not know, so it answered 401. Give it the secret of the endpoint:"}
      </label>
      <span className="form-row">
        <input
          id="receiver-secret"
          autoComplete="off"
          spellCheck={false}
          placeholder="whsec_…"
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
        />
        <button type="submit" className="button">
          Learn
        </button>
      </span>
      {receiver.failure && (
        <p className="secret-refused" role="alert">
          {receiver.failure.message}
        </p>
      )}
    </form>
  );
}
