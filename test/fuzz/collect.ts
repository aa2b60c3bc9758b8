// node test/fuzz/collect.ts [seconds]: makes corpus/outcomes.jsonl anew: of many random requests one for each answer that
// differs from all others, so that a short replay sees most of what a long run sees.
import { writeFileSync } from "node:fs";
import { keepAlive } from "#base/keep-alive.ts";
import { Chance } from "./chance.ts";
import { outcomes, outcomesFile } from "./corpus.ts";
import { FuzzServer } from "./fuzz-server.ts";
import { prepare } from "./prepare.ts";
import { toLine, type FuzzRequest } from "./request.ts";
import { Requests } from "./requests.ts";

const seconds = Number(process.argv[2] ?? 60);
const longestLine = 800;
const requestsPerServer = 10_000;
const most = 700;

/** An answer without what differs from one object to the next; of several findings the first. */
function outcome({ method, url }: FuzzRequest, code: number, body: string): string {
  if (code < 400)
    return `${method} ${code} ${url
      .split("?")[0]!
      .split("/")
      .filter((part) => /^[a-z]{5,}$/.test(part))
      .join()}`;
  const message = /"message":"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] ?? "";
  const first = /^(.*?) is invalid: \[?([^:]*): ([A-Z][a-z]+ [a-z]+)/.exec(message);
  const shape = (first ? `${first[1]} ${first[2]} ${first[3]}` : message.slice(0, 80))
    .replace(/\\"(?:[^"\\]|\\[^"])*\\"|\[[^\]]*\]/g, "S")
    .replace(/[\w-]*\d[\w-]*/g, "N");
  return `${method} ${code} ${shape}`;
}

using _alive = keepAlive();
const found = new Map<string, string>();
const end = performance.now() + seconds * 1_000;
async function keep(server: FuzzServer, request: FuzzRequest): Promise<void> {
  const answer = await server.ask(request);
  const line = toLine(request);
  const key = outcome(request, answer.code, answer.body.toString());
  if (line.length < (found.get(key)?.length ?? longestLine)) found.set(key, line);
}
for (let seed = 1; performance.now() < end; seed++) {
  await using server = await new FuzzServer().start();
  await prepare(server);
  if (seed === 1) for (const request of outcomes()) await keep(server, request);
  const requests = new Requests(new Chance(seed), server.plane.registry);
  for (let i = 0; i < requestsPerServer && performance.now() < end; i++) await keep(server, await requests.next());
}
const every = Math.ceil(found.size / most);
const lines = [...found.values()].toSorted((a, b) => a.length - b.length).filter((_, i) => i % every === 0);
writeFileSync(outcomesFile, `${lines.join("\n")}\n`);
console.log(`${lines.length} of ${found.size} outcomes kept`);
