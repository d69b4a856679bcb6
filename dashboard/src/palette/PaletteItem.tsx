import { Command } from "cmdk";
import type { LucideIcon } from "lucide-react";
import { icon } from "../shared/icon.ts";

interface PaletteItemProps {
  readonly name: string;
  readonly about?: string | null | undefined;
  readonly icon?: LucideIcon | undefined;
  /** What tells it from others of the same name. Default: the name. */
  readonly value?: string | undefined;
  /** The server has found it by what was typed: it is not compared once more. */
  readonly always?: boolean | undefined;
  readonly onSelect: () => void;
}

export function PaletteItem({ name, about, icon: Icon, value = name, always, onSelect }: PaletteItemProps) {
  return (
    <Command.Item
      value={value}
      keywords={about ? [name, about] : [name]}
      forceMount={always ?? false}
      onSelect={onSelect}
    >
      {Icon && <Icon {...icon} />}
      <span className="palette-name">{name}</span>
      {about && <span className="quiet palette-about">{about}</span>}
    </Command.Item>
  );
}
