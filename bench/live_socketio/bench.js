// node bench.js PORT REDIS_PORT [PGHOST]: rooms by Socket.IO and its Redis adapter; with a database
// each message is one prepared INSERT before it is told and acknowledged. No rights, no order.
const { createServer } = require("node:http");
const { Server } = require("socket.io");
const { createAdapter } = require("@socket.io/redis-adapter");
const Redis = require("ioredis");
const { Pool } = require("pg");

const [port, redisPort, pgHost] = process.argv.slice(2);
const pub = new Redis(Number(redisPort), "127.0.0.1");
const pool = pgHost && new Pool({ host: pgHost, user: "tokdesk", database: "postgres", max: 8 });
const text = "INSERT INTO bench_lines (room, body) VALUES ($1, $2) RETURNING id";

const http = createServer();
const io = new Server(http, { transports: ["websocket"], adapter: createAdapter(pub, pub.duplicate()) });
io.on("connection", (socket) => {
  socket.on("join", (rooms, done) => {
    socket.join(rooms);
    done();
  });
  socket.on("say", async (room, body, done) => {
    if (pool) await pool.query({ name: "say", text, values: [room, body] });
    io.to(room).emit("message", body);
    done(body);
  });
});
http.listen(Number(port), "127.0.0.1");
