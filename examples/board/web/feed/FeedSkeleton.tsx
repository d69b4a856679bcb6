/** Holds the place of the rows. It becomes visible after 200 ms (feed.css): faster answers need no placeholder. */
export function FeedSkeleton() {
  return (
    <div className="skeleton" role="status" aria-label="Loading the activity">
      {[92, 64, 78, 55, 84, 70].map((width) => (
        <div key={width} className="skeleton-row">
          <span className="skeleton-avatar" />
          <span className="skeleton-line" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}
