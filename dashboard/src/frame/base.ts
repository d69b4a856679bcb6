/** Under which path the dashboard lies, `/tidings/dashboard/`. The server writes into the page how far up that is: only it knows. */
export const dashboardUrl = new URL(document.documentElement.dataset["base"] ?? "./", document.baseURI);

/** The HTTP API lies beside the dashboard. */
export const apiUrl = new URL("..", dashboardUrl);
