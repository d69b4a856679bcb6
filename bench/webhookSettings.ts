/** Requests in flight, of Tidings, of each peer and of bare HTTP alike. Tidings' own default. */
export const CONCURRENCY = 64;

/** Any 32 bytes: the benches keep no secret. */
export const SECRET_KEY = Buffer.alloc(32, "bench").toString("base64");

/** Endpoints are spread over accounts, because one account gets at most half of a worker. */
export const ACCOUNTS = 20;
export const webhookAccount = (number: number): string => `hooks-${number % ACCOUNTS}`;
