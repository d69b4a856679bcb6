import type { Attempt, HeaderList } from "./api.ts";
import { describeDuration } from "../shared/duration.ts";
import { JsonText } from "../shared/JsonText.tsx";

interface AttemptViewProps {
  readonly attempt: Attempt;
  /** The same in every try: what is signed is what is sent. Null when it is no longer kept. */
  readonly body: string | null;
}

/** What was sent and what came back, side by side where there is room. */
export function AttemptView({ attempt, body }: AttemptViewProps) {
  const { number, url, status, durationMs, responseHeaders, responseBody } = attempt;
  return (
    <div className="exchange">
      <section aria-label={`Request of try ${number}`}>
        <h3>Request</h3>
        <p className="exchange-line">
          <code>POST {url}</code>
        </p>
        <Headers headers={attempt.requestHeaders} />
        {body === null ? (
          <p className="quiet exchange-empty">The body is no longer kept.</p>
        ) : (
          <JsonText label="Body" text={body} />
        )}
      </section>
      <section aria-label={`Response of try ${number}`}>
        <h3>Response</h3>
        {status === null ? (
          <p className="exchange-line quiet">None came within {describeDuration(durationMs)}.</p>
        ) : (
          <p className="exchange-line">
            <code>{status}</code> <span className="quiet figures">after {describeDuration(durationMs)}</span>
          </p>
        )}
        {responseHeaders && <Headers headers={responseHeaders} />}
        {responseBody ? (
          <JsonText label={bodyLabel(attempt)} text={responseBody} />
        ) : (
          status !== null && <p className="quiet exchange-empty">The body was empty.</p>
        )}
      </section>
    </div>
  );
}

function bodyLabel({ responseBodyEncoding, truncated }: Attempt): string {
  const what = responseBodyEncoding === "base64" ? "Body in base64, it is no text" : "Body";
  return truncated ? `${what}, only its beginning` : what;
}

function Headers({ headers }: { readonly headers: HeaderList }) {
  const all = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : value).map((each) => [name, each] as const),
  );
  if (all.length === 0) return null;
  return (
    <details className="headers">
      <summary>
        {all.length} {all.length === 1 ? "header" : "headers"}
      </summary>
      <dl>
        {all.map(([name, value], index) => (
          <div key={index}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
