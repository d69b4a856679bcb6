import { useCallback, useEffect, useState } from "react";
import { Dialog } from "../../../dashboard/src/shared/Dialog.tsx";
import { Failure } from "../../../dashboard/src/shared/Failure.tsx";
import { useMediaQuery } from "../../../dashboard/src/shared/useMediaQuery.ts";
import { Board } from "./board/Board.tsx";
import { BoardSkeleton } from "./board/BoardSkeleton.tsx";
import { useBoard } from "./board/useBoard.ts";
import { CardDialog } from "./card/CardDialog.tsx";
import type { FeedItem } from "./feed/feedItem.ts";
import { FeedPanel } from "./feed/FeedPanel.tsx";
import { useFeed } from "./feed/useFeed.ts";
import { Header } from "./header/Header.tsx";
import { usePerson } from "./header/usePerson.ts";
import { UnderTheHood } from "./hood/UnderTheHood.tsx";
import { useDeed } from "./hood/useDeed.ts";
import { useLive } from "./live/useLive.ts";
import { goTo, usePlace } from "./shared/place.ts";
import { PHONE } from "./shared/phone.ts";
import { ArrivalsDrawer } from "./webhooks/ArrivalsDrawer.tsx";
import { useArrivals } from "./webhooks/useArrivals.ts";
import { WebhooksSheet } from "./webhooks/WebhooksSheet.tsx";

export function App() {
  const place = usePlace();
  const isPhone = useMediaQuery(PHONE);
  const [personId, become] = usePerson();
  // The stream begins where the first page of the feed ends, so nothing falls between the two.
  const [position, setPosition] = useState<number | null>(null);
  const startAt = useCallback((at: number) => setPosition((earlier) => earlier ?? at), []);
  const { stream, status } = useLive(position);
  const feed = useFeed(personId, stream, startAt);
  const { deed, act } = useDeed(personId, stream);
  const board = useBoard(personId, stream, act);
  const arrivals = useArrivals();
  const feedIsShown = !isPhone || place.activityOpen;
  const { hold } = feed;
  useEffect(() => hold(!feedIsShown), [hold, feedIsShown]);

  const members = board.view?.members ?? [];
  const invite = async (name: string) =>
    (await act(`/api/boards/${board.view!.id}/members`, { name })) !== null;
  const panel = { feed, live: status, members, personId };
  return (
    <div className="frame">
      <a className="skip-link" href="#board">
        Skip to the board
      </a>
      <Header
        title={board.view?.name ?? "Launch week"}
        members={members}
        personId={personId}
        become={become}
        onInvite={invite}
        waiting={isPhone ? newsOf(feed.held, personId) : null}
      />
      <main id="board" className="main" tabIndex={-1}>
        {board.view ? (
          <Board view={board.view} move={board.move} act={act} />
        ) : board.failure ? (
          <Failure what="The board could not be loaded" failure={board.failure} onRetry={board.refresh} />
        ) : (
          <BoardSkeleton />
        )}
      </main>
      {!isPhone && (
        <aside className="aside">
          <FeedPanel {...panel} />
        </aside>
      )}
      {place.arrivalsOpen && <ArrivalsDrawer arrivals={arrivals} personId={personId} />}
      <UnderTheHood deed={deed} arrivals={arrivals} />
      {isPhone && place.activityOpen && (
        <Dialog className="sheet" label="Activity" onClose={() => goTo({ activityOpen: false })}>
          <FeedPanel {...panel} onClose={() => goTo({ activityOpen: false })} />
        </Dialog>
      )}
      {place.webhooksOpen && <WebhooksSheet personId={personId} />}
      {place.cardId !== null && board.view && (
        <CardDialog
          key={place.cardId}
          cardId={place.cardId}
          view={board.view}
          personId={personId}
          live={stream}
          act={act}
          move={board.move}
        />
      )}
    </div>
  );
}

/** What the person did themselves is no news to them. */
function newsOf(held: readonly FeedItem[], personId: string): number {
  return held.filter((item) => item.actor.id !== personId).length;
}
