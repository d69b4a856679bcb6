import type { ServerChoice } from "./server.ts";

export interface BenchOptions {
  readonly server: ServerChoice;
  /** Sizes that finish in seconds, to see that the bench still runs. Its figures mean nothing. */
  readonly quick: boolean;
  /** Default: the bench's own number. */
  readonly rounds: number | undefined;
  readonly say: (progress: string) => void;
}

/** What a figure must reach. `path` leads into the result: `peers.emmett`. */
export interface Target {
  readonly path: string;
  readonly atLeast?: number | undefined;
  readonly lessThan?: number | undefined;
}

export interface Bench {
  readonly description: string;
  readonly targets: readonly Target[];
  run(options: BenchOptions): Promise<BenchResult>;
}

export interface BenchResult {
  /** The figures, by the names that docs/benchmarks.md explains. */
  readonly figures: { readonly [key: string]: number | { readonly [key: string]: number } };
  readonly rounds: number;
  readonly settings: { readonly [name: string]: string | number };
  readonly versions: { readonly [name: string]: string };
}
