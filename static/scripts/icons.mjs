// Writes src/inbox/ui/icons.ts: the shapes of those Lucide icons that the inbox shows.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const NAMES =
  `archive at-sign arrow-down arrow-left arrow-up bell bold building-2 check check-check chevron-down
  chevron-right circle-alert circle-check circle-dot clock code copy corner-up-left download ellipsis eye file
  file-text flag forward globe hash hourglass inbox info italic keyboard languages link list lock log-out mail
  menu merge message-circle message-square moon panel-left panel-right paperclip pause pencil phone plus quote
  refresh-cw reply rotate-ccw search send settings smile square-check star sun tag trash-2 triangle-alert user
  user-check user-plus users volume-2 wifi-off x zap`.split(/\s+/);
const root = join(import.meta.dirname, "..");

const shapes = NAMES.map((name) => {
  const svg = readFileSync(join(root, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
  const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.indexOf("</svg>"));
  return `  "${name}":\n    '${inner.replace(/\s*\n\s*/g, "").replaceAll(" />", "/>")}',`;
});
writeFileSync(
  join(root, "src/inbox/ui/icons.ts"),
  `/** Shapes of Lucide 1.62.0 (ISC License), by \`npm run icons\`. */\n\nexport const SHAPES = {\n${shapes.join("\n")}\n} as const;\n\nexport type IconName = keyof typeof SHAPES;\n`,
);
