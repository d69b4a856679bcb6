export interface FailureWords {
  readonly what: string;
  /** What its owner can do about it. */
  readonly advice: string;
}

/** The failure of a try, or of a delivery, as its owner reads it. */
export function failureWords(failure: string, status: number | null): FailureWords {
  if (failure === "status") return answered(status);
  return (
    words[failure] ?? {
      what: `Failed: ${failure}`,
      advice: "It is tried again as long as the schedule lasts.",
    }
  );
}

const words: Readonly<Record<string, FailureWords>> = {
  redirect: {
    what: "Answered with a redirect",
    advice: "Redirects are never followed, they could lead anywhere. Enter the final address instead.",
  },
  timeout: {
    what: "No answer in time",
    advice: "Answer at once and do the work afterwards, or raise the timeout of this endpoint.",
  },
  connect: {
    what: "Could not connect",
    advice: "Is the server running, and does its firewall let us in?",
  },
  dns: { what: "The host was not found", advice: "Check the spelling of the host, and its DNS records." },
  tls: {
    what: "The certificate was not accepted",
    advice: "It may have expired, be for another name, or lack its intermediate certificate.",
  },
  reset: {
    what: "The connection was cut",
    advice: "The server, or a proxy before it, closed it without an answer.",
  },
  protocol: {
    what: "The answer was not HTTP",
    advice: "Does something else listen on this port, or is it https where http is written?",
  },
  refused_address: {
    what: "The address is not public",
    advice: "Webhooks reach public addresses only. It is not tried again.",
  },
  bad_url: { what: "The address cannot be used", advice: "Edit the endpoint and enter it again." },
  worker_lost: { what: "Interrupted on our side", advice: "It was sent again, under the same id." },
  internal: { what: "Failed on our side", advice: "It is tried again. Nothing is wrong with your endpoint." },
  message_gone: {
    what: "No longer kept",
    advice: "It is older than deliveries are kept and cannot be sent.",
  },
  endpoint_deleted: { what: "The endpoint was deleted", advice: "It cannot be sent any more." },
  aborted: {
    what: "Refused by your endpoint",
    advice: "It answered with webhook-delivery: abort-message, so this one is not tried again.",
  },
};

function answered(status: number | null): FailureWords {
  const what = `Answered ${status ?? "an error"}${nameOf(status)}`;
  if (status === 401 || status === 403)
    return { what, advice: "Does it verify with the right secret, and are custom headers still valid?" };
  if (status === 404 || status === 405)
    return { what, advice: "Check the path, and that it takes POST requests." };
  if (status === 410) return { what, advice: "410 tells us to stop: the endpoint was disabled." };
  if (status === 413)
    return { what, advice: "Let the server take larger bodies, or choose the thin format." };
  if (status === 429) return { what, advice: "We slow down by ourselves. A rate limit can be set as well." };
  if (status !== null && status >= 500) return { what, advice: "Your server failed. Its log has the cause." };
  return { what, advice: "Only answers from 200 to 299 count as delivered." };
}

const statusNames: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

function nameOf(status: number | null): string {
  const name = status === null ? undefined : statusNames[status];
  return name === undefined ? "" : ` ${name}`;
}
