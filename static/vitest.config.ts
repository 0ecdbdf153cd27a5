import { defineConfig } from "vitest/config";

export default defineConfig({
  root: "src",
  test: {
    environment: "happy-dom",
    include: ["**/*.test.ts"],
    coverage: {
      reporter: ["text-summary"],
      include: ["core/**"],
      exclude: ["core/testing/**"],
      thresholds: { lines: 90 },
    },
  },
});
