import reactPlugin from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const react = new URL("../../../src/react/", import.meta.url).pathname;
const server = `http://localhost:${process.env["PORT"] ?? 4321}`;

export default defineConfig({
  plugins: [reactPlugin()],
  // An app installs tidings; here it lies beside.
  resolve: {
    alias: [
      { find: /^tidings\/react$/, replacement: `${react}index.ts` },
      { find: /^tidings\/react\/styles.css$/, replacement: `${react}styles.css` },
    ],
  },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    // light-dark() stays as written; every browser that runs the rest of the page knows it.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // A font inlined as data: would be loaded by everybody, also by those whose language does not need it.
    assetsInlineLimit: 0,
  },
  // `npx vite examples/board/web` beside a running board: the page reloads while it is being written.
  server: { proxy: { "/api": server, "/tidings": server } },
});
