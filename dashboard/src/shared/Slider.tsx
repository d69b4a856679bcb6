import type { CSSProperties } from "react";
import "./slider.css";

interface SliderProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step?: number | undefined;
  readonly value: number;
  /** What the value is in words: a moment, an event. */
  readonly told: string;
  readonly onChange: (value: number) => void;
}

/** The browser's own: arrow keys, Page Up and Page Down, Home and End, and a thumb wide enough for a finger. */
export function Slider({ label, min, max, step = 1, value, told, onChange }: SliderProps) {
  const share = max === min ? 1 : (value - min) / (max - min);
  return (
    <input
      type="range"
      className="slider"
      aria-label={label}
      aria-valuetext={told}
      min={min}
      max={max}
      step={step}
      value={value}
      style={{ "--share": share } as CSSProperties}
      onChange={(event) => onChange(Number(event.target.value))}
    />
  );
}
