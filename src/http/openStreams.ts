import { TidingsError } from "../errors.ts";
import { entityKey } from "../events/entity.ts";
import type { Identity } from "./identity.ts";

export interface StreamLimits {
  readonly maxStreams: number;
  readonly maxStreamsPerReader: number;
}

/** The live streams of the process, counted so that neither everybody nor one reader alone can take all there are. */
export interface OpenStreams {
  /** Counts one more; the function that it returns counts it off again. Throws TOO_MANY_STREAMS. */
  add(reader: Pick<Identity, "account" | "actor">): () => void;
}

export function createOpenStreams({ maxStreams, maxStreamsPerReader }: StreamLimits): OpenStreams {
  const byReader = new Map<string, number>();
  let all = 0;
  return {
    add: ({ account, actor }) => {
      // No account holds a NUL.
      const key = `${account}\0${entityKey(actor)}`;
      const own = byReader.get(key) ?? 0;
      if (all >= maxStreams) refuse(`The limit is ${maxStreams}`);
      if (own >= maxStreamsPerReader) refuse(`The limit of one reader is ${maxStreamsPerReader}`);
      all++;
      byReader.set(key, own + 1);
      let open = true;
      return () => {
        if (!open) return;
        open = false;
        all--;
        const left = byReader.get(key)! - 1;
        if (left === 0) byReader.delete(key);
        else byReader.set(key, left);
      };
    },
  };
}

function refuse(detail: string): never {
  throw new TidingsError("TOO_MANY_STREAMS", { detail });
}
