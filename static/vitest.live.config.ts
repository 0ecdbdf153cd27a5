import { defineConfig } from "vitest/config";

// Against servers that somebody else has started: tokdesk/tests/test_core_on_servers.py.
export default defineConfig({
  root: "src",
  test: { environment: "node", include: ["**/*.live.ts"], testTimeout: 90_000 },
});
