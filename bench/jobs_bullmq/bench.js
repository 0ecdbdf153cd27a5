// node bench.js PORT pace RATE COUNT: milliseconds from before add() to inside the processor.
// node bench.js PORT drain CONCURRENCY COUNT: jobs a second of a backlog of no-ops.
// node bench.js PORT worker CONCURRENCY: what the two others run beside them.
const { fork } = require("node:child_process");
const { setTimeout: sleep } = require("node:timers/promises");
const { Queue, Worker } = require("bullmq");

const [port, what, first, second] = process.argv.slice(2);
const connection = { host: "127.0.0.1", port: Number(port), maxRetriesPerRequest: null };
const QUEUE = "bench";
const now = () => performance.timeOrigin + performance.now();

function work(concurrency) {
  const process_ = async (job) => process.send({ number: job.data.number, waited: now() - job.data.at });
  const worker = new Worker(QUEUE, process_, { connection, concurrency, autorun: false });
  process.on("message", () => worker.run());
  worker.waitUntilReady().then(() => process.send("ready"));
}

async function withWorker(concurrency, count, feed) {
  const queue = new Queue(QUEUE, { connection });
  await queue.obliterate({ force: true });
  const child = fork(__filename, [port, "worker", String(concurrency)]);
  await new Promise((resolve) => child.once("message", resolve));
  const waits = [];
  const moments = [];
  const all = new Promise((resolve) =>
    child.on("message", ({ waited }) => {
      waits.push(waited);
      moments.push(now());
      if (waits.length === count) resolve();
    }),
  );
  await feed(queue, child);
  await all;
  child.kill();
  await queue.close();
  return { waits, moments };
}

const options = { removeOnComplete: true, removeOnFail: true };

async function pace(rate, count) {
  const { waits } = await withWorker(1, count, async (queue, child) => {
    child.send("run");
    const started = now();
    for (let number = 0; number < count; number += 1) {
      await sleep(Math.max(0, started + (number * 1000) / rate - now()));
      await queue.add("tick", { number, at: now() }, options);
    }
  });
  const sorted = waits.sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { p50: at(0.5), p99: at(0.99) };
}

async function drain(concurrency, count) {
  const { moments } = await withWorker(concurrency, count, async (queue, child) => {
    for (let start = 0; start < count; start += 1000) {
      const jobs = Array.from({ length: Math.min(1000, count - start) }, (_, index) => ({
        name: "idle",
        data: { number: start + index, at: now() },
        opts: options,
      }));
      await queue.addBulk(jobs);
    }
    child.send("run");
  });
  return { rate: (count - 1) / ((moments.at(-1) - moments[0]) / 1000) };
}

if (what === "worker") {
  work(Number(first));
} else {
  const run = { pace, drain }[what];
  run(Number(first), Number(second)).then((found) => {
    process.stdout.write(`${JSON.stringify(found)}\n`);
    process.exit(0);
  });
}
