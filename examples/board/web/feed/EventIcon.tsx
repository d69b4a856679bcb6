import {
  Activity,
  ArrowRight,
  ArrowUpDown,
  Calendar,
  CalendarX,
  CircleCheck,
  Columns3,
  type LucideIcon,
  MessageSquare,
  Pencil,
  Plus,
  RotateCcw,
  Square,
  SquareKanban,
  UserCheck,
  UserMinus,
  UserPlus,
} from "lucide-react";

/** The names that events.ts and entities.ts use. A page that imported all of Lucide would weigh a megabyte more. */
const icons: { readonly [name: string]: LucideIcon } = {
  "arrow-right": ArrowRight,
  "arrow-up-down": ArrowUpDown,
  calendar: Calendar,
  "calendar-x": CalendarX,
  "circle-check": CircleCheck,
  "columns-3": Columns3,
  "message-square": MessageSquare,
  pencil: Pencil,
  plus: Plus,
  "rotate-ccw": RotateCcw,
  square: Square,
  "square-kanban": SquareKanban,
  "user-check": UserCheck,
  "user-minus": UserMinus,
  "user-plus": UserPlus,
};

export function EventIcon({ name }: { readonly name: string }) {
  const Icon = icons[name] ?? Activity;
  return <Icon className="event-icon" size={16} strokeWidth={1.75} aria-hidden />;
}
