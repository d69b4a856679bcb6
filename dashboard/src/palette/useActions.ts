import { useMemo } from "react";
import { useCommands, type Command } from "../frame/commands.ts";
import { useFrame } from "../frame/frameContext.ts";
import { chooseTheme, useTheme } from "../frame/theme.ts";

/** What the page offers, and what can be done everywhere. */
export function useActions(onShowKeys: () => void): readonly Command[] {
  const offered = useCommands();
  const theme = useTheme();
  const { say } = useFrame();
  return useMemo(
    () => [
      ...offered,
      ...(["light", "dark", "system"] as const)
        .filter((each) => each !== theme)
        .map((each) => ({
          name: each === "system" ? "Theme as the device" : `Theme ${each}`,
          run: () => chooseTheme(each),
        })),
      {
        name: "Copy the link to what is shown",
        run: () => {
          void navigator.clipboard.writeText(location.href).then(
            () => say("The link is copied."),
            () => say("The browser did not let this page copy."),
          );
        },
      },
      { name: "Show the keys", keys: "?", run: onShowKeys },
    ],
    [offered, theme, say, onShowKeys],
  );
}
