import { useMemo } from "react";
import { TidingsProvider } from "tidings/react";
import { Dialog } from "../../../dashboard/src/shared/Dialog.tsx";
import { Failure } from "../../../dashboard/src/shared/Failure.tsx";
import { useMediaQuery } from "../../../dashboard/src/shared/useMediaQuery.ts";
import { Board } from "./board/Board.tsx";
import { BoardSkeleton } from "./board/BoardSkeleton.tsx";
import { useBoard } from "./board/useBoard.ts";
import { CardDialog } from "./card/CardDialog.tsx";
import { FeedPanel } from "./feed/FeedPanel.tsx";
import { Header } from "./header/Header.tsx";
import { usePerson } from "./header/usePerson.ts";
import { UnderTheHood } from "./hood/UnderTheHood.tsx";
import { useDeed } from "./hood/useDeed.ts";
import { ProgressPanel } from "./progress/ProgressPanel.tsx";
import { fetchAs } from "./shared/fetchAs.ts";
import { MembersContext } from "./shared/members.ts";
import { goTo, usePlace } from "./shared/place.ts";
import { PHONE } from "./shared/phone.ts";
import { ArrivalsDrawer } from "./webhooks/ArrivalsDrawer.tsx";
import { useArrivals } from "./webhooks/useArrivals.ts";
import { WebhooksSheet } from "./webhooks/WebhooksSheet.tsx";

export function App() {
  const [personId, become] = usePerson();
  const fetch = useMemo(() => fetchAs(personId), [personId]);
  return (
    <TidingsProvider baseUrl="/tidings" viewer={{ type: "user", id: personId }} fetch={fetch}>
      <Page personId={personId} become={become} />
    </TidingsProvider>
  );
}

interface PageProps {
  readonly personId: string;
  readonly become: (personId: string) => void;
}

function Page({ personId, become }: PageProps) {
  const place = usePlace();
  const isPhone = useMediaQuery(PHONE);
  const { deed, act } = useDeed(personId);
  const board = useBoard(personId, act);
  const arrivals = useArrivals();

  const members = board.view?.members ?? [];
  const invite = async (name: string) =>
    (await act(`/api/boards/${board.view!.id}/members`, { name })) !== null;
  return (
    <MembersContext value={members}>
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
          isPhone={isPhone}
        />
        <main id="board" className="main" tabIndex={-1}>
          {board.view ? (
            <>
              <Board view={board.view} move={board.move} act={act} />
              <ProgressPanel key={personId} view={board.view} personId={personId} />
            </>
          ) : board.failure ? (
            <Failure what="The board could not be loaded" failure={board.failure} onRetry={board.refresh} />
          ) : (
            <BoardSkeleton />
          )}
        </main>
        {!isPhone && (
          <aside className="aside">
            <FeedPanel key={personId} />
          </aside>
        )}
        {place.arrivalsOpen && <ArrivalsDrawer arrivals={arrivals} personId={personId} />}
        <UnderTheHood deed={deed} arrivals={arrivals} />
        {isPhone && place.activityOpen && (
          <Dialog className="sheet" label="Activity" onClose={() => goTo({ activityOpen: false })}>
            <FeedPanel key={personId} onClose={() => goTo({ activityOpen: false })} />
          </Dialog>
        )}
        {place.webhooksOpen && <WebhooksSheet personId={personId} />}
        {place.cardId !== null && board.view && (
          <CardDialog
            key={place.cardId}
            cardId={place.cardId}
            view={board.view}
            personId={personId}
            act={act}
            move={board.move}
          />
        )}
      </div>
    </MembersContext>
  );
}
