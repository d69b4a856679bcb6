import { defineEntity } from "../../src/index.ts";
import { cardTitles } from "./domain/cardTitles.ts";

export const board = defineEntity("board", { url: () => "/", icon: "square-kanban" });
export const column = defineEntity("column", { icon: "columns-3" });
export const user = defineEntity("user", { icon: "user-plus" });
export const comment = defineEntity("comment", { icon: "message-square" });

/** `load` keeps old sentences true: a card renamed today carries its new title in last week's events, too. */
export const card = defineEntity("card", { url: (id) => `/cards/${id}`, icon: "square", load: cardTitles });
