import {
  type PointerEvent as ReactPointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useRef,
} from "react";
import { scrollAtEdges } from "./scrollAtEdges.ts";

/** A mouse that moves this far with its button down drags; less is a click. */
const DRAG_AFTER_PX = 5;
/** A finger has to rest this long, because moving at once means scrolling. */
const DRAG_AFTER_MS = 220;
const DROP_MS = 150;

interface Handlers {
  /** The card is lifted. `rect` is where it lay. */
  readonly lift: (cardId: number, rect: DOMRect) => void;
  /** The card's upper left corner is now here. */
  readonly carry: (cardId: number, corner: { x: number; y: number }, rect: DOMRect) => void;
  readonly drop: (cardId: number) => void;
  readonly cancel: () => void;
}

interface Press {
  readonly cardId: number;
  readonly pointerId: number;
  readonly rect: DOMRect;
  readonly start: { readonly x: number; readonly y: number };
  at: { x: number; y: number };
  timer: ReturnType<typeof setTimeout> | undefined;
  lifted: boolean;
}

/** Dragging by mouse, pen and finger. `ghost` is the element that follows the pointer. */
export function usePointerDrag(
  board: RefObject<HTMLElement | null>,
  ghost: RefObject<HTMLElement | null>,
  handlers: Handlers,
): (event: ReactPointerEvent<HTMLElement>, cardId: number) => void {
  const press = useRef<Press | null>(null);
  const call = useRef(handlers);
  call.current = handlers;

  const follow = useCallback(
    (now: Press) => {
      const corner = { x: now.rect.left + now.at.x - now.start.x, y: now.rect.top + now.at.y - now.start.y };
      if (ghost.current) ghost.current.style.translate = `${corner.x}px ${corner.y}px`;
      call.current.carry(now.cardId, corner, now.rect);
    },
    [ghost],
  );

  const lift = useCallback(
    (now: Press) => {
      now.lifted = true;
      call.current.lift(now.cardId, now.rect);
      scrollAtEdges(
        board.current!,
        () => (press.current === now ? now.at : null),
        () => follow(now),
      );
    },
    [board, follow],
  );

  useEffect(() => {
    const element = board.current!;
    const move = (event: PointerEvent) => {
      const now = press.current;
      if (now?.pointerId !== event.pointerId) return;
      now.at = { x: event.clientX, y: event.clientY };
      const far = Math.hypot(now.at.x - now.start.x, now.at.y - now.start.y) > DRAG_AFTER_PX;
      if (!now.lifted && far) {
        if (event.pointerType === "touch") return end();
        lift(now);
      }
      if (now.lifted) follow(now);
    };
    const up = async (event: PointerEvent) => {
      const now = press.current;
      if (now?.pointerId !== event.pointerId) return;
      end();
      if (!now.lifted) return;
      // The click that follows the release would open the card.
      addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", swallow, { capture: true }), 50);
      await settle(ghost.current, element.querySelector(`[data-card="${now.cardId}"]`));
      call.current.drop(now.cardId);
    };
    const abort = () => {
      const lifted = press.current?.lifted;
      end();
      if (lifted) call.current.cancel();
    };
    const end = () => {
      clearTimeout(press.current?.timer);
      press.current = null;
    };
    const escape = (event: KeyboardEvent) => event.key === "Escape" && press.current?.lifted && abort();
    // Not passive, and there from the start: a finger that carries a card must not scroll the board.
    const touch = (event: TouchEvent) => press.current?.lifted && event.cancelable && event.preventDefault();
    // A resting finger would open the menu of the link that a card is.
    const menu = (event: Event) => press.current && event.preventDefault();

    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", abort);
    addEventListener("keydown", escape);
    element.addEventListener("touchmove", touch, { passive: false });
    element.addEventListener("contextmenu", menu);
    return () => {
      end();
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", abort);
      removeEventListener("keydown", escape);
      element.removeEventListener("touchmove", touch);
      element.removeEventListener("contextmenu", menu);
    };
  }, [board, ghost, follow, lift]);

  return useCallback(
    (event, cardId) => {
      if (event.button !== 0 || !event.isPrimary) return;
      const at = { x: event.clientX, y: event.clientY };
      const rect = event.currentTarget.getBoundingClientRect();
      const now: Press = {
        cardId,
        pointerId: event.pointerId,
        rect,
        start: at,
        at,
        timer: undefined,
        lifted: false,
      };
      press.current = now;
      if (event.pointerType === "touch") now.timer = setTimeout(() => lift(now), DRAG_AFTER_MS);
    },
    [lift],
  );
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

/** Lets the carried card glide to where it will lie. */
async function settle(ghost: HTMLElement | null, target: Element | null): Promise<void> {
  if (!ghost || !target || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const { left, top } = target.getBoundingClientRect();
  const glide = ghost.animate(
    { translate: `${left}px ${top}px`, rotate: "0deg" },
    { duration: DROP_MS, easing: "ease-out" },
  );
  await glide.finished.catch(() => undefined);
}
