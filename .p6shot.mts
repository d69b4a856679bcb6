process.env.BOARD_DATA=":memory:";
const { startBoard } = await import("./examples/board/startBoard.ts");
const { desk, phone, launchChromium, findChromium } = await import("./test/support/chromium.ts");
const board = await startBoard(0);
const browser = await launchChromium(findChromium()!);
const errs: string[] = [];
for (const [n,d,s] of [["desk",desk,"light"],["phone",phone,"dark"]] as const) {
  const c = await browser.newContext({...d, colorScheme: s, locale:"en-GB", reducedMotion:"reduce"});
  const page = await c.newPage();
  page.on("console", m=>{ if(["error","warning"].includes(m.type())) errs.push(m.text()); });
  page.on("pageerror", e=>errs.push(e.message));
  await page.goto(board.url+"/?arrivals=open");
  await page.locator("[data-card]").first().waitFor();
  for (const t of ["Write the press note","Rehearse the rollback once"]) {
    const card = page.locator("[data-card] a",{hasText:t}); await card.focus();
    for (const k of ["Space","ArrowRight","Space"]) await page.keyboard.press(k);
    await page.locator('[data-deed="seen"]').waitFor();
    await page.getByText(/webhooks? delivered/).waitFor({timeout:10000});
    await page.waitForTimeout(600);
  }
  await page.screenshot({path:`/tmp/p6shots/board-drawer-${n}.png`});
  await page.getByRole("button",{name:"Webhooks"}).click();
  await page.waitForTimeout(2500);
  await page.screenshot({path:`/tmp/p6shots/board-sheet-${n}.png`});
  await c.close();
}
console.log(errs);
await browser.close(); await board.stop(); process.exit(0);
