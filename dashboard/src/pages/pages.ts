import {
  Activity,
  Boxes,
  BookOpen,
  HeartPulse,
  History,
  Layers,
  ListChecks,
  Newspaper,
  Webhook,
  type LucideIcon,
} from "lucide-react";
import type { ComponentType } from "react";

/** A page of the dashboard. Its code is loaded when somebody goes there. */
export interface PageEntry {
  readonly name: string;
  /** The first part of its address: /dashboard/live. What follows it is the page's own. */
  readonly path: string;
  readonly icon: LucideIcon;
  /** One line for the palette: what it shows. */
  readonly about: string;
  /** Shown to the role `operator` only; others read why it is closed. */
  readonly operatorsOnly?: boolean | undefined;
  readonly load: () => Promise<ComponentType>;
}

export const pages: readonly PageEntry[] = [
  {
    name: "Live",
    path: "live",
    icon: Activity,
    about: "Events as they are recorded",
    load: async () => (await import("./live/LivePage.tsx")).LivePage,
  },
  {
    name: "Feed",
    path: "feed",
    icon: Newspaper,
    about: "What a customer's feed shows",
    load: async () => (await import("./feed/FeedPage.tsx")).FeedPage,
  },
  {
    name: "Entities",
    path: "entities",
    icon: Boxes,
    about: "One thing and all that happened to it",
    load: async () => (await import("./entities/EntitiesPage.tsx")).EntitiesPage,
  },
  {
    name: "Webhooks",
    path: "webhooks",
    icon: Webhook,
    about: "Endpoints, deliveries and their tries",
    load: async () => (await import("./webhooks/WebhooksPage.tsx")).WebhooksPage,
  },
  {
    name: "Catalog",
    path: "catalog",
    icon: BookOpen,
    about: "Every type of event",
    load: async () => (await import("./catalog/CatalogPage.tsx")).CatalogPage,
  },
  {
    name: "Subscriptions",
    path: "subscriptions",
    icon: ListChecks,
    about: "Who reads the log and how far behind",
    operatorsOnly: true,
    load: async () => (await import("./subscriptions/SubscriptionsPage.tsx")).SubscriptionsPage,
  },
  {
    name: "Projections",
    path: "projections",
    icon: Layers,
    about: "Tables kept from the log",
    operatorsOnly: true,
    load: async () => (await import("./projections/ProjectionsPage.tsx")).ProjectionsPage,
  },
  {
    name: "Replay",
    path: "replay",
    icon: History,
    about: "Make the past again, and compare it",
    operatorsOnly: true,
    load: async () => (await import("./replay/ReplayPage.tsx")).ReplayPage,
  },
  {
    name: "Health",
    path: "health",
    icon: HeartPulse,
    about: "What is fine, and what is not and why",
    load: async () => (await import("./health/HealthPage.tsx")).HealthPage,
  },
];
