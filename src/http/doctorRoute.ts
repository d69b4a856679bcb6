import { createRoute, z } from "@hono/zod-openapi";
import { examine } from "../doctor.ts";
import { worst } from "../log/doctor.ts";
import type { Finding } from "../log/doctor/finding.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { requireRole } from "./identity.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";

const status = z.enum(["fine", "warning", "bad"]);

// Not `Finding`: that is one of several problems of a request.
const findingSchema = z
  .object({
    check: z.string().openapi({ example: "subscription search" }),
    status: status.openapi({ description: "`bad`: something does not work, or soon will not." }),
    summary: z.string().openapi({ description: "One line that says that all is well, or why not." }),
    fix: z.string().nullable().openapi({ description: "A command, an SQL statement or a sentence." }),
    details: z
      .record(z.string(), z.unknown())
      .openapi({ description: "The figures behind the summary. They may change with every version." }),
  })
  .openapi("DoctorFinding");

const examinationSchema = z
  .object({ status: status.openapi({ description: "The worst of all." }), findings: z.array(findingSchema) })
  .openapi("Examination");

const doctorRoute = createRoute({
  method: "get",
  path: "/doctor",
  operationId: "examine",
  summary: "What is well with the log and the webhooks, what is not, and what to do. For the role `operator`",
  request: { query: z.strictObject({}) },
  responses: {
    200: {
      description: "What was found, well or not.",
      content: jsonContent(examinationSchema),
    },
    default: problemResponse,
  },
});

/** What `tidings doctor` prints, by the same checks. They are about the whole log, which no account owns. */
export function addDoctorRoute(api: Api, tidings: Tidings): void {
  api.openapi(doctorRoute, async (c) => {
    requireRole(c.get("identity"), "operator");
    const findings = await examine(tidings.db);
    c.header("cache-control", "no-store");
    return c.json({ status: worst(findings), findings: findings.map(findingJson) }, 200);
  });
}

function findingJson({
  check,
  status: found,
  summary,
  fix,
  details,
}: Finding): z.infer<typeof findingSchema> {
  return { check, status: found, summary, fix, details: { ...details } };
}
