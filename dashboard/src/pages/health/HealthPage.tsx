import { RefreshCw } from "lucide-react";
import { examine, type Examination, type Finding } from "../../dashboardApi/doctor.ts";
import { readHealth, type Health } from "../../dashboardApi/health.ts";
import { useIsOperator } from "../../frame/frameContext.ts";
import { OperatorsOnly } from "../../frame/OperatorsOnly.tsx";
import { PageFrame } from "../../frame/PageFrame.tsx";
import { Failure } from "../../shared/Failure.tsx";
import { icon } from "../../shared/icon.ts";
import { ToneMark, type Tone } from "../../shared/ToneMark.tsx";
import { useAsked } from "../../shared/useAsked.ts";
import { FindingLine } from "./FindingLine.tsx";
import "./health.css";
import { LagChart } from "./LagChart.tsx";

/** The checks look at each table: not more often than a person needs to know. */
const EXAMINE_MS = 15_000;

export function HealthPage() {
  return useIsOperator() ? <Examined /> : <StatusOnly />;
}

function Examined() {
  const { answer, failure, refresh } = useAsked("doctor", examine, EXAMINE_MS);
  return (
    <PageFrame
      title="Health"
      actions={
        <button type="button" className="button" onClick={refresh}>
          <RefreshCw {...icon} />
          Examine again
        </button>
      }
    >
      {answer === null && failure ? (
        <Failure what="The log could not be examined" failure={failure} onRetry={refresh} />
      ) : answer === null ? (
        <Skeleton />
      ) : (
        <div className="health">
          <Verdict examination={answer} />
          <ul className="findings">
            {worstFirst(answer.findings).map((finding) => (
              <FindingLine key={finding.check} finding={finding} />
            ))}
          </ul>
          <LagChart />
        </div>
      )}
    </PageFrame>
  );
}

function Verdict({ examination: { findings } }: { readonly examination: Examination }) {
  const bad = findings.filter(({ status }) => status === "bad").length;
  const warnings = findings.filter(({ status }) => status === "warning").length;
  const [tone, words]: [Tone, string] =
    bad > 0
      ? ["bad", `${countWords(bad)} ${bad === 1 ? "does" : "do"} not work`]
      : warnings > 0
        ? ["warn", `${countWords(warnings)} to look at`]
        : ["good", `All ${findings.length} checks are fine`];
  return (
    <p className="verdict" role="status">
      <ToneMark tone={tone} word={words} />
    </p>
  );
}

function countWords(count: number): string {
  return `${count.toLocaleString()} ${count === 1 ? "thing" : "things"}`;
}

const order: readonly Finding["status"][] = ["bad", "warning", "fine"];

function worstFirst(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
}

const statusWords: Readonly<Record<Health["status"], string>> = {
  ok: "Events are recorded and numbered",
  sequencer_late: "Events wait for their positions",
  schema_missing: "The tables are missing",
  schema_outdated: "Migrations are pending",
  schema_newer: "The tables belong to a newer version",
  database_unreachable: "The database cannot be reached",
};

/** Below operators: whether all is well, which is nobody's secret. */
function StatusOnly() {
  const { answer, failure, refresh } = useAsked("status", readHealth, EXAMINE_MS);
  return (
    <PageFrame title="Health">
      {answer === null && failure ? (
        <Failure what="The server does not answer" failure={failure} onRetry={refresh} />
      ) : (
        <p className="verdict" role="status">
          {answer && (
            <ToneMark tone={answer.status === "ok" ? "good" : "bad"} word={statusWords[answer.status]} />
          )}
        </p>
      )}
      <OperatorsOnly what="The details are">{null}</OperatorsOnly>
    </PageFrame>
  );
}

function Skeleton() {
  return (
    <ul className="findings skeleton" aria-label="Examining the log">
      {[220, 300, 180, 260, 240].map((width) => (
        <li key={width} className="finding">
          <span className="skeleton-line" style={{ width: "48px" }} />
          <span className="skeleton-line" style={{ width: "90px" }} />
          <span className="skeleton-line" style={{ width: `${width}px`, maxWidth: "100%" }} />
        </li>
      ))}
    </ul>
  );
}
