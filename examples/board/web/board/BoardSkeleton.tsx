/** The columns hold their places while the first answer is on its way. */
export function BoardSkeleton() {
  return (
    <div className="board skeleton" role="status" aria-label="Loading the board">
      {[3, 4, 2, 3].map((cards, column) => (
        <div key={column} className="column">
          <div className="column-head">
            <span className="skeleton-line" style={{ width: 72 }} />
          </div>
          <div className="cards">
            {Array.from({ length: cards }, (_, card) => (
              <div key={card} className="card">
                <span className="skeleton-line" style={{ width: `${85 - card * 12}%` }} />
                <span className="skeleton-line" style={{ width: "40%" }} />
              </div>
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
