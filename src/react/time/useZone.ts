import { useSyncExternalStore } from "react";
import { useTidings } from "../provider/useTidings.ts";

/** Where days begin: the given zone, otherwise the device's; while hydrating UTC, as on the server. */
export function useZone(): string | undefined {
  const { timeZone } = useTidings();
  return useHydrated() ? timeZone : (timeZone ?? "UTC");
}

/** False on the server and in the first render of a page that came from there. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );
}
