import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = `http://localhost:${process.env["PORT"] ?? 4321}`;

export default defineConfig({
  plugins: [react()],
  // Relative, because only the app knows under which path it mounts us.
  base: "./",
  build: {
    outDir: "../dist/dashboard",
    emptyOutDir: true,
    rollupOptions: { input: new URL("portal.html", import.meta.url).pathname },
    // light-dark() stays as written; every browser that runs the rest of the page knows it.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // A font inlined as data: would be loaded by everybody, also by those whose language does not need it.
    assetsInlineLimit: 0,
  },
  // `npx vite dashboard` beside a running board: http://localhost:5173/tidings/portal/portal.html, with a token from there.
  server: { proxy: { "/tidings/webhooks": server } },
});
