/** Requests under way in this process, and how many more may begin. */
export interface RequestSlots {
  /** How many more may begin. */
  free(): number;
  /** How many of them may go to slow endpoints. */
  freeForSlow(): number;
  /** Slots that each account holds. */
  held(): Readonly<Record<string, number>>;
  /** A request begins. Call the result when it ended. */
  take(account: string, slow: boolean): () => void;
}

/** The part of the slots that slow endpoints share. */
const FOR_SLOW = 1 / 4;

/**
 * A request that takes longer than this lets go of its slot, because slots are for work and it only waits: receivers of many
 * accounts that hang at once, as when a provider fails, would otherwise hold all slots until their timeouts (12 accounts with two
 * such endpoints each: healthy ones waited 44 s, measured). Most answers are there sooner.
 */
export const LONG_MS = 250;

/** How many such requests there may be, in sockets for each slot: in all, and of one account. */
const MOST_LONG = 16;
const MOST_LONG_OF_ACCOUNT = 1;

/** `onFreed` is called when a request that goes on has let go of its slot. */
export function createRequestSlots(slots: number, onFreed: () => void): RequestSlots {
  const short = new Map<string, number>();
  const long = new Map<string, number>();
  let shortCount = 0;
  let longCount = 0;
  let slowCount = 0;

  return {
    free: () => slots - shortCount,
    freeForSlow: () => Math.max(1, Math.floor(slots * FOR_SLOW)) - slowCount,
    held: () => Object.fromEntries(short),
    take: (account, slow) => {
      let isLong = false;
      shortCount++;
      add(short, account, 1);
      if (slow) slowCount++;
      // The endpoints that are known to be slow have their quarter, and keep it.
      const timer = slow ? undefined : setTimeout(becomeLong, LONG_MS);
      timer?.unref();
      return () => {
        clearTimeout(timer);
        if (slow) slowCount--;
        if (isLong) longCount--;
        else shortCount--;
        add(isLong ? long : short, account, -1);
      };

      function becomeLong(): void {
        if (longCount >= slots * MOST_LONG || (long.get(account) ?? 0) >= slots * MOST_LONG_OF_ACCOUNT)
          return;
        isLong = true;
        shortCount--;
        longCount++;
        add(short, account, -1);
        add(long, account, 1);
        onFreed();
      }
    },
  };
}

function add(to: Map<string, number>, account: string, by: number): void {
  const sum = (to.get(account) ?? 0) + by;
  if (sum === 0) to.delete(account);
  else to.set(account, sum);
}
