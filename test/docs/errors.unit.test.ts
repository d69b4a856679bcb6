import { expect, test } from "vitest";
import { errorTable } from "../../src/errors.ts";

test("the page of errors has every code, with its status and its words (vitest -u writes it)", async () => {
  const rows = Object.entries(errorTable).map(
    ([code, { status, message }]) => `| \`${code}\` | ${status} | ${message.replaceAll("|", "\\|")} |`,
  );
  await expect(`${OPENING}${rows.join("\n")}\n`).toMatchFileSnapshot("../../docs/errors.md");
});

const OPENING = `# Errors

<!-- preamble
import { defineEntity, defineEvent, type Tidings } from "tidings";
export const card = defineEntity("card");
export const cardClosed = defineEvent("card.closed", { subject: card });
export declare const tidings: Tidings;
-->

\`\`\`ts
import { isTidingsError } from "tidings";

try {
  await tidings.record(cardClosed({ subject: card(7) }));
} catch (error) {
  if (!isTidingsError(error, "IDEMPOTENCY_CONFLICT")) throw error;
  console.warn(error.index, error.path, error.message);
}
\`\`\`

Everything that Tidings throws is a \`TidingsError\`. Match on \`code\`, which never changes. \`message\` is for people: what was wrong, then
what to do. \`path\` says where in what was given, \`index\` which event of a call, \`errors\` lists several findings, \`cause\` is what a
driver or a schema threw. Over HTTP the same is [problem details](http.md#errors) with the status below; the command line prints
code and message, and with \`--json\` gives both in \`error\`.

| code | status | message |
|---|---|---|
`;
