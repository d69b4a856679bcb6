import { useEffect, useSyncExternalStore } from "react";

/** Something that can be done from the palette. */
export interface Command {
  readonly name: string;
  readonly keys?: string | undefined;
  readonly run: () => void;
}

const listeners = new Set<() => void>();
let commands: readonly Command[] = [];

/** Offers a command as long as the page is shown. `command` is made with useMemo. */
export function useCommand(command: Command): void {
  useEffect(() => {
    change([...commands, command]);
    return () => change(commands.filter((each) => each !== command));
  }, [command]);
}

export function useCommands(): readonly Command[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => commands,
  );
}

function change(next: readonly Command[]): void {
  commands = next;
  for (const listener of listeners) listener();
}
