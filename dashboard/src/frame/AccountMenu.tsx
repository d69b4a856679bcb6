import { ChevronDown } from "lucide-react";
import { icon } from "../shared/icon.ts";
import { Segments } from "../shared/Segments.tsx";
import { useFrame } from "./frameContext.ts";
import { chooseTheme, themes, useTheme } from "./theme.ts";

const themeNames = { system: "As the device", light: "Light", dark: "Dark" } as const;
const themeOptions = themes.map((id) => ({ id, name: themeNames[id] }));

/** Whose log this is and who reads it, as the app says; and how it looks, which is the reader's own. */
export function AccountMenu() {
  const { account, actor, role } = useFrame().identity;
  const theme = useTheme();
  return (
    <>
      <button type="button" className="account" popoverTarget="account" aria-label={`Account ${account}`}>
        <span className="account-name">{account}</span>
        <ChevronDown {...icon} />
      </button>
      <div id="account" popover="auto" className="floating account-menu" role="group" aria-label="Account">
        <dl className="facts">
          <div>
            <dt>Account</dt>
            <dd>{account}</dd>
          </div>
          <div>
            <dt>You are</dt>
            <dd>{actor.label ?? `${actor.type}:${actor.id}`}</dd>
          </div>
          <div>
            <dt>Role</dt>
            <dd>{role}</dd>
          </div>
        </dl>
        <Segments label="Theme" options={themeOptions} chosen={theme} onChoose={chooseTheme} showsLabel />
      </div>
    </>
  );
}
