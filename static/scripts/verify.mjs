// Is static/dist what the sources make? Builds them anew and compares every byte.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";

const COMMITTED = join(import.meta.dirname, "..", "dist");

function filesOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name));
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path)]));
}

const folder = mkdtempSync(join(tmpdir(), "tokdesk-dist-"));
try {
  await build({ logLevel: "warn", build: { outDir: folder, emptyOutDir: true } });
  const [fresh, committed] = [filesOf(folder), filesOf(COMMITTED)];
  const names = [...new Set([...fresh.keys(), ...committed.keys()])].sort();
  const stale = names.filter(
    (name) => !fresh.get(name)?.equals(committed.get(name) ?? Buffer.of()),
  );
  if (stale.length > 0) {
    console.error(
      `static/dist is not what the sources make; run \`npm run build\` in static/:\n  ${stale.join("\n  ")}`,
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
