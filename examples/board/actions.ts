// Everything that changes the board. What it was given is recorded with what it did, so that the board can be made again.
export { addCard } from "./domain/addCard.ts";
export { addColumn } from "./domain/addColumn.ts";
export { assignCard } from "./domain/assignCard.ts";
export { closeCard } from "./domain/closeCard.ts";
export { commentOnCard } from "./domain/commentOnCard.ts";
export { createBoard } from "./domain/createBoard.ts";
export { inviteMember } from "./domain/inviteMember.ts";
export { moveCard } from "./domain/moveCard.ts";
export { renameCard } from "./domain/renameCard.ts";
export { reopenCard } from "./domain/reopenCard.ts";
export { setDueDate } from "./domain/setDueDate.ts";
