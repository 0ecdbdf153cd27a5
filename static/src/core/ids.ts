/** UUIDs of version 7: those made later sort behind those made before. */

export type Random = (bytes: Uint8Array) => Uint8Array;

/** A maker of ids; within one millisecond, and when the clock goes back, it counts on. */
export function idMaker(
  now: () => number,
  random: Random = (bytes) => crypto.getRandomValues(bytes),
): () => string {
  let at = 0;
  let count = 0;
  return () => {
    const bytes = random(new Uint8Array(8));
    const time = now();
    if (time > at) {
      at = time;
      count = 0;
    } else if (++count > 0xfff) {
      at += 1;
      count = 0;
    }
    const tail = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const variant = ((Number.parseInt(tail.slice(0, 1), 16) & 0x3) | 0x8).toString(16);
    const head = at.toString(16).padStart(12, "0");
    const counter = count.toString(16).padStart(3, "0");
    return `${head.slice(0, 8)}-${head.slice(8)}-7${counter}-${variant}${tail.slice(1, 4)}-${tail.slice(4)}`;
  };
}
