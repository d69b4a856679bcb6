import { ArrowRight } from "lucide-react";
import type { Finding } from "../../dashboardApi/doctor.ts";
import { addressOf } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { CopyButton } from "../../shared/CopyButton.tsx";
import { icon } from "../../shared/icon.ts";
import { ToneMark, type Tone } from "../../shared/ToneMark.tsx";
import { fixParts } from "./fixWords.ts";

const tones: Readonly<Record<Finding["status"], Tone>> = { fine: "good", warning: "warn", bad: "bad" };
const words: Readonly<Record<Finding["status"], string>> = { fine: "Fine", warning: "Warning", bad: "Bad" };

/** Whether it is fine, why not, and what to do about it. */
export function FindingLine({ finding }: { readonly finding: Finding }) {
  const { check, status, summary, fix, details } = finding;
  const page = pageOf(check);
  return (
    <li className="finding">
      <ToneMark tone={tones[status]} word={words[status]} />
      <h2>{check}</h2>
      <div className="finding-what">
        <p>{summary}</p>
        {fix !== null && status !== "fine" && <Fix fix={fix} />}
        {page && status !== "fine" && (
          <PlaceLink to={addressOf(page.path)} className="finding-link" data-row>
            {page.words}
            <ArrowRight {...icon} />
          </PlaceLink>
        )}
      </div>
      {Object.keys(details).length > 0 && (
        <details className="finding-details">
          <summary>
            Figures<span className="visually-hidden"> of {check}</span>
          </summary>
          <pre tabIndex={0} role="group" aria-label={`Figures of ${check}`}>
            {JSON.stringify(details, null, 2)}
          </pre>
        </details>
      )}
    </li>
  );
}

function Fix({ fix }: { readonly fix: string }) {
  const { words: told, command } = fixParts(fix);
  return (
    <>
      {told !== null && <p className="quiet">{told}</p>}
      {command !== null && (
        <p className="command">
          <code>{command}</code>
          <CopyButton text={command} what="the fix" />
        </p>
      )}
    </>
  );
}

/** Where the dashboard itself can do something about it. */
function pageOf(check: string): { readonly path: readonly string[]; readonly words: string } | null {
  if (check.startsWith("subscription "))
    return { path: ["subscriptions", check.slice("subscription ".length)], words: "Open the subscription" };
  return check === "webhook endpoints" ? { path: ["webhooks"], words: "Open the endpoints" } : null;
}
