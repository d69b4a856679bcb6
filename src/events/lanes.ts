export const lanes = ["domain", "change", "client", "system"] as const;
/** `domain`: what people did, and feeds show. `change`: row changes. `client`: browser tracking. `system`: jobs, health. */
export type Lane = (typeof lanes)[number];

export const severities = ["info", "warning", "error"] as const;
export type Severity = (typeof severities)[number];

export const actionKinds = ["create", "update", "destroy", "upsert"] as const;
/** What an action does to its subject. */
export type ActionKind = (typeof actionKinds)[number];
