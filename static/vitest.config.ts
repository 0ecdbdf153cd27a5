import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: "src",
  plugins: [react()],
  test: {
    environment: "happy-dom",
    include: ["**/*.test.{ts,tsx}"],
    coverage: {
      reporter: ["text-summary"],
      include: ["core/**"],
      exclude: ["core/testing/**"],
      thresholds: { lines: 90 },
    },
  },
});
