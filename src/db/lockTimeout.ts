import type { Transaction } from "./database.ts";

/** Within `work` a lock is waited for as long as `timeout` says (`250ms`; `0`: for ever), whatever the role's own limit. */
export async function withLockTimeout(
  tx: Transaction,
  timeout: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const [before] = await tx.query<{ timeout: string }>("select current_setting('lock_timeout') as timeout");
  await setLockTimeout(tx, timeout);
  await work();
  // Where `work` threw, the end of the transaction does it.
  await setLockTimeout(tx, before!.timeout);
}

async function setLockTimeout(tx: Transaction, timeout: string): Promise<void> {
  await tx.query("select set_config('lock_timeout', $1, true)", [timeout]);
}
