/** The types of activities of ActivityStreams 2.0, and the general one: https://www.w3.org/TR/activitystreams-vocabulary/ */
export type ActivityType =
  | "Accept"
  | "Activity"
  | "Add"
  | "Announce"
  | "Arrive"
  | "Block"
  | "Create"
  | "Delete"
  | "Dislike"
  | "Flag"
  | "Follow"
  | "Ignore"
  | "Invite"
  | "Join"
  | "Leave"
  | "Like"
  | "Listen"
  | "Move"
  | "Offer"
  | "Question"
  | "Read"
  | "Reject"
  | "Remove"
  | "TentativeAccept"
  | "TentativeReject"
  | "Travel"
  | "Undo"
  | "Update"
  | "View";

const verbs: { readonly [Type in ActivityType]?: string } = {
  Create: "created published uploaded commented replied mentioned posted",
  Update: "updated renamed edited changed set cleared closed completed restored reopened archived",
  Delete: "deleted trashed",
  Move: "moved reordered",
  Add: "assigned added labelled labeled attached",
  Remove: "unassigned removed unlabelled unlabeled detached",
  Accept: "approved accepted",
  Reject: "declined rejected",
  Invite: "invited",
  Join: "joined",
  Leave: "left",
  Follow: "watched subscribed followed",
  Ignore: "muted",
  Like: "reacted liked",
  Dislike: "disliked",
  View: "viewed opened",
  Read: "read",
  Announce: "shared",
  Flag: "reported",
  Block: "blocked",
};

const byVerb = new Map(
  Object.entries(verbs).flatMap(([type, words]) =>
    words.split(" ").map((verb) => [verb, type as ActivityType] as const),
  ),
);

/** What an event type is called there, by the last word of its verb: `card.due_date_set` is an Update. */
export function activityType(type: string): ActivityType {
  return byVerb.get(verbOf(type)) ?? "Activity";
}

/** The last word: `set` of `card.due_date_set`. */
export function verbOf(type: string): string {
  return type.slice(Math.max(type.lastIndexOf("."), type.lastIndexOf("_")) + 1);
}
