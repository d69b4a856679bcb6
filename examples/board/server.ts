import { DirectoryInUse } from "./database/claimDirectory.ts";

try {
  // Imported here, because opening the database is what may be refused.
  const { startBoard } = await import("./startBoard.ts");
  const board = await startBoard(Number(process.env["PORT"] ?? 4321));
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    void board.stop().then(() => process.exit(0));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  console.log(`Tidings sample board: ${board.url}`);
} catch (error) {
  if (!(error instanceof DirectoryInUse)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
