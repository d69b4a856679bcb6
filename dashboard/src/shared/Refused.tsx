import { CircleAlert } from "lucide-react";
import type { RequestFailed } from "./ask.ts";
import { icon } from "./icon.ts";

/** Why what was asked for was not done, beside the button that asked. */
export function Refused({ failure }: { readonly failure: RequestFailed | null }) {
  return (
    <div role="alert">
      {failure && (
        <p className="refused">
          <CircleAlert {...icon} />
          <span>
            {failure.message} <code>{failure.code}</code>
          </span>
        </p>
      )}
    </div>
  );
}
