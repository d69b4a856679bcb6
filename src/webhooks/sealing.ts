import { createSealing as createSealingFor, type Sealing } from "../sealing.ts";

export type { Sealing } from "../sealing.ts";

/** What an endpoint's secrets and headers are bound to. */
export function sealedFor(account: string, endpointUuid: string): string {
  return `${account}/${endpointUuid}`;
}

/** Encrypts endpoints' secrets and headers. */
export function createSealing(keys: readonly Buffer[]): Sealing {
  return createSealingFor(keys, { purpose: "webhooks", option: "webhooks.secretKey" });
}
