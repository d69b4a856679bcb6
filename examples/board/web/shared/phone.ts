/** Below this width the feed is a sheet instead of a column. The same number stands in frame.css. */
export const PHONE = "(max-width: 899px)";
