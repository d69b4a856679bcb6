import { type FormEvent, type KeyboardEvent, useState } from "react";
import { RelativeTime } from "../../../../dashboard/src/time/RelativeTime.tsx";
import type { MemberView } from "../../domain/readBoard.ts";
import type { CommentView } from "../../domain/readComments.ts";
import { Avatar } from "../shared/Avatar.tsx";

interface CommentsProps {
  readonly comments: readonly CommentView[];
  readonly members: readonly MemberView[];
  readonly personId: string;
  readonly onComment: (body: string) => Promise<boolean>;
}

export function Comments({ comments, members, personId, onComment }: CommentsProps) {
  const people = new Map(members.map((member) => [member.id, member]));
  return (
    <section aria-labelledby="comments-title">
      <h3 id="comments-title">Comments</h3>
      {comments.length === 0 && <p className="quiet">None yet.</p>}
      <ul className="comments">
        {comments.map((comment) => {
          const author = people.get(comment.authorId) ?? { name: comment.authorId, hue: 260 };
          return (
            <li key={comment.id} className="comment">
              <Avatar member={author} />
              <div>
                <p className="comment-head">
                  <b>{comment.authorId === personId ? "You" : author.name}</b>
                  <RelativeTime at={comment.writtenAt} withDay />
                </p>
                <p className="comment-body">{comment.body}</p>
              </div>
            </li>
          );
        })}
      </ul>
      <CommentForm onComment={onComment} />
    </section>
  );
}

function CommentForm({ onComment }: Pick<CommentsProps, "onComment">) {
  const [body, setBody] = useState("");
  const send = async () => {
    if (body.trim() !== "" && (await onComment(body.trim()))) setBody("");
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) void send();
  };
  return (
    <form className="comment-form" onSubmit={onSubmit}>
      <textarea
        rows={2}
        maxLength={5_000}
        aria-label="Your comment"
        placeholder="Write a comment"
        value={body}
        onChange={(event) => setBody(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" className="button button-primary">
        Comment
      </button>
    </form>
  );
}
