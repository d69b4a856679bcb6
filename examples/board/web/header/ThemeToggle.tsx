import { Monitor, Moon, Sun } from "lucide-react";
import { themes, useTheme } from "./theme.ts";

const icons = { system: Monitor, light: Sun, dark: Moon };

export function ThemeToggle() {
  const [theme, setTheme] = useTheme();
  const Icon = icons[theme];
  const next = themes[(themes.indexOf(theme) + 1) % themes.length]!;
  const label = `Theme: ${theme}. Change to ${next}`;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      onClick={() => setTheme(next)}
    >
      <Icon size={18} strokeWidth={1.75} aria-hidden />
    </button>
  );
}
