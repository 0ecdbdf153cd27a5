import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** What nearly every page of the inbox needs; Markdown and catalogues come by themselves. */
const VENDOR = /node_modules\/(?!markdown-it|linkify-it|mdurl|uc\.micro|entities|punycode)/;

export default defineConfig({
  root: "src",
  base: "/static/",
  publicDir: false,
  plugins: [react(), tailwindcss()],
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    assetsDir: "app",
    manifest: "manifest.json",
    target: "es2022",
    // Such as know light-dark() by themselves.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["src/inbox/main.tsx", "src/islands/try/main.ts", "src/islands/forms/main.ts"],
      output: {
        codeSplitting: { groups: [{ name: "vendor", test: VENDOR }] },
      },
    },
  },
});
