import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const server = `http://localhost:${process.env["PORT"] ?? 4321}`;
const mountedAt = "/tidings/dashboard/";

export default defineConfig(({ command }) => ({
  plugins: [react(), mounted],
  // Relative, because only the app knows under which path it mounts us.
  base: command === "serve" ? mountedAt : "./",
  build: {
    outDir: "../dist/dashboard",
    emptyOutDir: true,
    rollupOptions: {
      input: ["index.html", "portal.html"].map((page) => new URL(page, import.meta.url).pathname),
    },
    // light-dark() stays as written; every browser that runs the rest of the page knows it.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // A font inlined as data: would be loaded by everybody, also by those whose language does not need it.
    assetsInlineLimit: 0,
  },
  // `npx vite dashboard` beside a running board: http://localhost:5173/tidings/dashboard/, and portal.html there with a token.
  server: { proxy: { [`^/tidings/(?!dashboard/)`]: server } },
}));

/** While developing, the page is told where it lies as the server tells it otherwise: see src/http/staticPages.ts. */
const mounted: Plugin = {
  name: "mounted",
  apply: "serve",
  transformIndexHtml: (html) => html.replace('data-base="./"', `data-base="${mountedAt}"`),
};
