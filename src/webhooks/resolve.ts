import { Resolver } from "node:dns/promises";
import { AttemptError } from "./failureWords.ts";

/** Gives every address of a host's name, IPv4 first. Rejects with an AttemptError `dns` when there is none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

export interface ResolverOptions {
  /** DNS servers to ask, as address or address:port. Default: those of the system. */
  servers?: readonly string[] | undefined;
  /** Gives up on a name after this many milliseconds. Default 3,000. */
  timeoutMs?: number | undefined;
  /** Milliseconds that only go forward. Default: those of the process. */
  clock?: (() => number) | undefined;
}

/** An answer is kept for as long as it says, within these bounds; what failed is asked again after a second. */
const SHORTEST_MS = 1_000;
const LONGEST_MS = 30_000;

/** Names kept, 200 KB or so: an account cannot fill the memory with names that it makes up. */
const MOST_NAMES = 1_000;

/** What the DNS says when a name exists without an address of this family, or not at all. */
const NOTHING: ReadonlySet<unknown> = new Set(["ENODATA", "ENOTFOUND"]);

interface Found {
  readonly address: string;
  readonly ttl: number;
}

/**
 * Asks the DNS itself (c-ares) instead of `dns.lookup`: that one runs getaddrinfo on the four threads that files, crypto and the
 * database's driver need too, so that four names whose servers hang would stop the whole process. The price: names that stand only in
 * /etc/hosts are not known, and no search domain is appended.
 */
export function createResolve({
  servers,
  timeoutMs = 3_000,
  clock = () => performance.now(),
}: ResolverOptions = {}): Resolve {
  const known = new Map<string, { readonly addresses: Promise<readonly string[]>; until: number }>();
  let resolver = newResolver();

  return (name) => {
    const kept = known.get(name);
    if (kept !== undefined && clock() < kept.until) return kept.addresses;
    const answer = ask(name);
    // Until it is answered, everybody waits for the one question.
    const entry = { addresses: answer.then((found) => found.map(({ address }) => address)), until: Infinity };
    answer.then(
      (found) => (entry.until = clock() + keptMs(found)),
      () => (entry.until = clock() + SHORTEST_MS),
    );
    known.delete(name);
    known.set(name, entry);
    if (known.size > MOST_NAMES) known.delete(known.keys().next().value!);
    return entry.addresses;
  };

  async function ask(name: string): Promise<readonly Found[]> {
    const answers = await within(timeoutMs, [
      resolver.resolve4(name, { ttl: true }),
      resolver.resolve6(name, { ttl: true }),
    ]);
    const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (found.length > 0) return found;
    const errors = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
    if (errors.every(({ code }) => NOTHING.has(code))) {
      throw new AttemptError("dns", "the host's name has no address");
    }
    // A resolver reads the system's servers once; they may have changed since (a laptop, a restarted container).
    resolver = newResolver();
    throw new AttemptError("dns", "the DNS gave no answer for the host's name", errors[0]);
  }

  function newResolver(): Resolver {
    const made = new Resolver({ timeout: Math.ceil(timeoutMs / 3), tries: 2 });
    if (servers !== undefined) made.setServers(servers);
    return made;
  }
}

function keptMs(found: readonly Found[]): number {
  const ttl = Math.min(...found.map((record) => record.ttl)) * 1_000;
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ttl));
}

/** Both families' answers; the one that is not there in time counts as failed. */
async function within(
  ms: number,
  questions: readonly Promise<readonly Found[]>[],
): Promise<PromiseSettledResult<readonly Found[]>[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  const settled = await Promise.allSettled(questions.map((question) => Promise.race([question, late])));
  clearTimeout(timer);
  return settled;
}
