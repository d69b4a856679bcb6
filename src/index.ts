// Setting up
export { createTidings } from "./tidings.ts";
export type { Tidings } from "./tidings.ts";
export type { TidingsOptions } from "./tidingsOptions.ts";
export type { Lifecycle } from "./lifecycle.ts";
export type { Database, Parameter, Queryable, Transaction } from "./db/database.ts";

// Defining
export { defineEntity, many, oneOf, optional, systemActor } from "./events/entity.ts";
export type {
  EntityDefinition,
  EntityOptions,
  EntityRef,
  LoadedEntity,
  Role,
  RoleSpec,
  RoleValue,
} from "./events/entity.ts";
export { defineEvent } from "./events/defineEvent.ts";
export type {
  ActionKind,
  AnyEventDefinition,
  EventDefinition,
  EventOptions,
  EventShape,
  Lane,
  SentenceEvent,
  Severity,
  TypedDefinition,
} from "./events/defineEvent.ts";
export type { Draft, DraftCommon, DraftInput, EventReference } from "./events/draft.ts";
export type { Definitions, Registry } from "./events/registry.ts";
export { from } from "./events/upcast.ts";
export type { Upcasters, UpcastStep } from "./events/upcast.ts";
export { sentence } from "./events/sentence.ts";
export type { Sentence, SentenceActor, SentencePart, SentenceValue } from "./events/sentence.ts";
export { displayParts, renderHtml, renderSlack, renderText } from "./events/renderSentence.ts";
export type { DisplayPart, RenderableSentence, RenderOptions } from "./events/renderSentence.ts";
export { defineLanguage, translate } from "./events/language.ts";
export type {
  Language,
  LanguageLabels,
  LanguageOptions,
  ReaderWords,
  Translation,
  UnknownEvent,
} from "./events/language.ts";
export { english } from "./events/english.ts";
export type { ActivityType } from "./events/activityTypes.ts";
export type { Direction } from "./events/readingDirection.ts";
export type { SentenceGroup } from "./events/sentenceGroup.ts";
export type { PluralForms, Words } from "./events/words.ts";
export { catalog } from "./events/catalog.ts";
export type { CatalogEntry, CatalogRole, OlderVersion } from "./events/catalog.ts";

// Recording
export type { Context } from "./events/context.ts";
export type { RecordCalls } from "./events/recordCalls.ts";
export type { RecordedEvents, RecordResult } from "./events/record.ts";
export type { PositionedEvent, RecordedEvent } from "./events/recordedEvent.ts";
export type { Json, JsonObject } from "./events/serializable.ts";
export type { TrackOptions, TrackStats } from "./events/track.ts";
export { limits } from "./events/limits.ts";

// Acting
export { defineAction } from "./replay/defineAction.ts";
export type {
  ActionDefinition,
  ActionOptions,
  ActionShape,
  AnyActionDefinition,
} from "./replay/defineAction.ts";
export type { ActionContext, ActionValues, AfterContext, AfterEvent } from "./replay/actionContext.ts";
export type { ActionData, ActionItem } from "./replay/actionRecord.ts";
export type { ActionLocks, WantedLock } from "./replay/actLocks.ts";
export type { ActionsOptions } from "./replay/actionOptions.ts";
export type {
  Actions,
  InsideOptions,
  PerformAllOptions,
  Performed,
  PerformedAll,
  PerformInside,
  PerformOptions,
  Repeated,
} from "./replay/performOptions.ts";

// Reading
export type { EntityLike, EventFilter } from "./events/filter.ts";
export type { Audience, Viewer } from "./events/viewer.ts";
export type { Page, PageRequest } from "./events/page.ts";
export type { EventQueries, EventQuery, EventRun } from "./events/query.ts";
export type { EventEffect, EventTrace } from "./events/trace.ts";
export type { Entities } from "./feed/entities.ts";
export type { EntityOverview, EntityQuery } from "./feed/entityOverview.ts";
export type { EntitySearch, FoundEntities, FoundEntity } from "./feed/entitySearch.ts";
export type { FeedPage, FeedQuery, Feeds } from "./feed/feed.ts";
export type { FeedEntity, FeedItem, FeedSentencePart } from "./feed/feedItem.ts";
export type { FeedGroup } from "./feed/feedGroup.ts";
export type {
  FeedHtml,
  FeedHtmlOptions,
  HtmlAttributes,
  HtmlPage,
  LineHtmlOptions,
} from "./feed/feedHtml.ts";
export type { GroupedFeedPage } from "./feed/groupedFeed.ts";
export type { Groups } from "./feed/groups.ts";
export type { Localized, Reading } from "./feed/localized.ts";
export type { GroupPage, GroupQuery } from "./feed/readGroup.ts";
export type { MarkOf, Marks, ReadMark } from "./feed/marks.ts";
export type { ReaderOfFeed } from "./feed/readState.ts";
export type { UnreadCount, UnreadQuery } from "./feed/unread.ts";
export type { Facets, FacetQuery } from "./feed/facets.ts";
export type { DayColumn, DayPage, DayQuery, FeedDay } from "./feed/days.ts";
export type { Phase } from "./events/phase.ts";
export type {
  OwnedBy,
  SavedFilter,
  SavedFilterChanges,
  SavedFilterContent,
  SavedFilters,
} from "./feed/savedFilters.ts";
export type { SavableFilter } from "./feed/savableFilter.ts";
export type { EventBucket, EventStats, EventStatsQuery, Stats, TypeVolume } from "./feed/stats.ts";
export type { LiveRun } from "./live/channels.ts";
export type { LiveQuery } from "./live/live.ts";

// Following
export type { EventOf, HandlerContext, SubscriptionOptions } from "./log/subscription.ts";
export type { Subscriptions } from "./log/subscriptions.ts";
export type { SequencerOptions } from "./log/sequencer.ts";
export type { SubscriptionState } from "./log/subscriptionStates.ts";
export type { ParkedEvent } from "./log/parkedEvents.ts";

// Projections
export { defineProjection } from "./replay/defineProjection.ts";
export type { Projection, ProjectionContext, ProjectionOptions } from "./replay/defineProjection.ts";
export type { TableSpec } from "./replay/projectionTables.ts";
export type { ProjectionDefinitions, Projections } from "./replay/projections.ts";
export type { ProjectionState } from "./replay/projectionState.ts";
export type { PastTables } from "./replay/projectionAt.ts";
export type { RebuildOptions, RebuildProgress } from "./replay/rebuildProjection.ts";
export type { FoldOptions } from "./replay/foldOptions.ts";
export type { SnapshotOptions } from "./replay/snapshots.ts";
export type { FoldedEvent, RecordedOf, StateReducer, StateStep } from "./events/stateReducer.ts";
export type { ProjectedEvent, WaitForOptions } from "./replay/waitForProjection.ts";

// Replaying
export type {
  Clear,
  ClearedReplay,
  ReplayDefaults,
  ReplayOptions,
  ReplayProgress,
  RunReplay,
} from "./replay/replayOptions.ts";
export type { ReplayJob, ReplayJobKind } from "./replay/replayJobRows.ts";
export type { ReplayJobRequest, ReplayJobs, ReplaySetup } from "./replay/replayJobs.ts";
export type { ReplayReport } from "./replay/replayReport.ts";
export type { ReplayCount, SetAside } from "./replay/replayTally.ts";
export type { Route, RouteTarget } from "./replay/routes.ts";
export type { ReplayUntil } from "./replay/until.ts";

// Webhooks
export type { Webhooks } from "./webhooks/api.ts";
export type { WebhookOptions } from "./webhooks/options.ts";
export type { Endpoint, EndpointChanges, EndpointInput, EndpointSettings } from "./webhooks/endpoint.ts";
export type { Attempt } from "./webhooks/attempts.ts";
export type { Delivery } from "./webhooks/delivery.ts";
export type { DeliveryState } from "./webhooks/deliveryState.ts";
export type { PublicEvent } from "./webhooks/publicForm.ts";
export type { WebhookData } from "./events/catalog.ts";
export type { WebhookOption, WebhookShape } from "./events/webhookShape.ts";
export type { PublicEventType } from "./webhooks/eventTypes.ts";

// Comparing a replay with the present
export { compareTables } from "./replay/compareTables.ts";
export type {
  CompareOptions,
  FieldDifference,
  RowDifference,
  TableDifference,
} from "./replay/compareTables.ts";
export type { ComparedTable } from "./replay/tableShape.ts";
export type { Scratch } from "./db/scratch.ts";

// Serving and operating
export { acceptedLanguages } from "./http/localeQuery.ts";
export type { HttpOptions } from "./http/handler.ts";
export type { AccessRole, Authorize, Identity } from "./http/identity.ts";
export { examine } from "./doctor.ts";
export type { Finding } from "./log/doctor/finding.ts";
export type { Migration, MigrateOptions } from "./db/migrate.ts";
export type { SignalMap, Signals } from "./signals.ts";
export { TidingsError, isTidingsError } from "./errors.ts";
export type { ErrorCode, TidingsErrorOptions } from "./errors.ts";
