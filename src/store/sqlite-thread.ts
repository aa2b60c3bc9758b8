// The thread that owns the database. It answers one request after the other, in order; a request never waits.
import { parentPort, workerData } from "node:worker_threads";
import { Database } from "#store/sqlite/database.ts";
import {
  toWire,
  type Answer,
  type Packed,
  type Replies,
  type Request,
  type ThreadOptions,
} from "#store/sqlite/protocol.ts";
import { openDatabase } from "#store/sqlite/schema.ts";

const { path } = workerData as ThreadOptions;
const port = parentPort!;

function answer(database: Database, request: Request): Replies[keyof Replies] {
  switch (request.do) {
    case "get":
      return database.get(request.key, request.at);
    case "page":
      return database.page(request);
    case "changes":
      return database.changes(request);
    case "write":
      return database.write(request);
    case "compact":
      return database.compact(request.before);
    case "clean":
      return database.clean();
    case "size":
      return database.sizeBytes();
    case "close":
      return database.close();
  }
}

/** The buffers of packed values change hands; everything else is small and is copied. */
function buffersOf(reply: object): ArrayBuffer[] {
  const isPacked = (part: unknown): part is Packed => typeof part === "object" && part !== null && "lengths" in part;
  return Object.values(reply)
    .filter(isPacked)
    .map((packed) => packed.bytes.buffer);
}

function respond(produce: () => (Answer & { ok: true })["result"]): boolean {
  try {
    const result = produce();
    port.postMessage({ ok: true, result } satisfies Answer, typeof result === "object" ? buffersOf(result) : []);
    return true;
  } catch (error) {
    port.postMessage({ ok: false, error: toWire(error, path) } satisfies Answer);
    return false;
  }
}

let database: Database | undefined;
const isOpen = respond(() => {
  database = new Database(openDatabase(path), path);
  return { revision: database.revision, unclean: database.unclean };
});
if (isOpen)
  port.on("message", (request: Request) => {
    respond(() => answer(database!, request));
    if (request.do === "close") port.close();
  });
