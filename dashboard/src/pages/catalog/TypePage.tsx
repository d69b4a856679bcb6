import { ArrowLeft } from "lucide-react";
import { useMemo, type ReactNode } from "react";
import { dayWords } from "../../charts/chartWords.ts";
import type { Series } from "../../charts/series.ts";
import { TimeChart } from "../../charts/TimeChart.tsx";
import type { CatalogType } from "../../dashboardApi/catalog.ts";
import type { EventStats } from "../../dashboardApi/eventStats.ts";
import { PageFrame } from "../../frame/PageFrame.tsx";
import { addressOf } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { CopyButton } from "../../shared/CopyButton.tsx";
import { Failure } from "../../shared/Failure.tsx";
import { icon } from "../../shared/icon.ts";
import { JsonText } from "../../shared/JsonText.tsx";
import { Lane } from "../../shared/Lane.tsx";
import { ReaderList } from "./ReaderList.tsx";
import { SchemaTable } from "./SchemaTable.tsx";
import { versionWords } from "./typeWords.ts";
import { useCatalog } from "./useCatalog.ts";
import { WebhookShapes } from "./WebhookShapes.tsx";

export function TypePage({ name }: { readonly name: string }) {
  const { types, failure, refresh, volume, readersOf } = useCatalog();
  const type = types?.find((each) => each.type === name || each.aliases.includes(name));
  return (
    <PageFrame
      title={type?.type ?? name}
      crumbs={
        <PlaceLink to={addressOf(["catalog"])} className="back">
          <ArrowLeft {...icon} />
          Catalog
        </PlaceLink>
      }
      actions={
        type && (
          <PlaceLink className="button" to={addressOf(["live"], { types: type.type })}>
            See it live
          </PlaceLink>
        )
      }
    >
      {type ? (
        <div className="type">
          <Head type={type} />
          {volume && <TypeVolume type={type.type} volume={volume} />}
          <div className="type-columns">
            <div>
              <Section title="Data">
                <SchemaTable schema={type.jsonSchema} what={`Data of ${type.type}`} />
              </Section>
              <Section title="Entities">
                <Entities type={type} />
              </Section>
              <Section title="Read by">
                <ReaderList readers={readersOf(type)} />
              </Section>
            </div>
            <div>
              {type.example && (
                <Section title="Example">
                  <JsonText label="Data" text={JSON.stringify(type.example)} />
                </Section>
              )}
              <Section title="Webhooks">
                <WebhookShapes type={type} />
              </Section>
              {type.olderVersions.map(({ version, jsonSchema }) => (
                <details key={version} className="older-version">
                  <summary>Version {version}, brought to the present one when it is read</summary>
                  <SchemaTable schema={jsonSchema} what={`Data of version ${version}`} />
                </details>
              ))}
            </div>
          </div>
        </div>
      ) : types !== null ? (
        <p className="empty-line quiet">
          The app defines no type <code>{name}</code>. Events of such a type are still there, told by a plain
          sentence.
        </p>
      ) : failure ? (
        <Failure what="The catalog could not be loaded" failure={failure} onRetry={refresh} />
      ) : (
        <div className="skeleton page-skeleton" role="group" aria-label="Loading the type">
          <span className="skeleton-line" style={{ width: "320px" }} />
        </div>
      )}
    </PageFrame>
  );
}

function Head({ type }: { readonly type: CatalogType }) {
  return (
    <div className="type-head">
      {type.sentence !== null && <p className="type-sentence">“{type.sentence}”</p>}
      {type.description !== null && <p className="quiet">{type.description}</p>}
      <p className="type-facts">
        <Lane lane={type.lane} />
        {type.severity !== "info" && <span>{type.severity}</span>}
        <span className="figures">{versionWords(type)}</span>
        {type.aliases.length > 0 && (
          <span>
            also{" "}
            {type.aliases.map((alias) => (
              <code key={alias}>{alias} </code>
            ))}
          </span>
        )}
        <CopyButton text={type.type} what="the type" />
      </p>
    </div>
  );
}

const DAY_MS = 86_400_000;

function TypeVolume({ type, volume }: { readonly type: string; readonly volume: EventStats }) {
  const times = useMemo(() => volume.buckets.map(({ at }) => Date.parse(at)), [volume]);
  const series = useMemo(
    (): Series[] => [
      {
        name: type,
        colour: "--lane-domain",
        values: volume.buckets.map(({ counts }) => counts[type] ?? 0),
      },
    ],
    [type, volume],
  );
  const sum = series[0]!.values.reduce<number>((all, each) => all + (each ?? 0), 0);
  if (sum === 0) return <p className="quiet">None was recorded in the last 30 days.</p>;
  return (
    <TimeChart
      title="Volume"
      told={`${sum.toLocaleString()} in the last 30 days`}
      times={times}
      series={series}
      stretchMs={DAY_MS}
      whole
      format={(value) => value.toLocaleString()}
      formatTime={dayWords}
    />
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="type-section" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

const holds = { one: "", optional: ", optional", many: ", any number" } as const;

function Entities({ type: { subject, roles } }: { readonly type: CatalogType }) {
  return (
    <dl className="facts">
      <div>
        <dt>subject</dt>
        <dd>{subject.kinds.join(" or ")}</dd>
      </div>
      {roles.map((role) => (
        <div key={role.name}>
          <dt>{role.name}</dt>
          <dd>
            {role.kinds.join(" or ")}
            <span className="quiet">{holds[role.holds]}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
