// The load of the API benchmark, a process of its own: it is told by messages what to do to which server, and answers
// with what it measured. The same program loads both servers.
import { connectLoad, type LoadConnection, type LoadRequest, type LoadTarget } from "./api-load.ts";
import { percentile } from "./figures.ts";
import {
  holderDigits,
  holderMark,
  leaseBody,
  leaseName,
  leases,
  leasesPath,
  namespace,
  podBody,
  podName,
  podsPath,
  podStatusPatch,
} from "./api-pods.ts";

export interface Rate {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}
export interface Samples {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
  readonly count: number;
  readonly bytes: number;
  /** Events that did not come at all: the server has cut watchers off. They count as having taken very long. */
  readonly missing?: number;
}
export interface Tasks {
  /** The namespace with what pods need of it. */
  prepare: { asked: object; result: null };
  /** Pods from number `from` on. */
  createPods: { asked: { readonly from: number; readonly count: number }; result: Rate };
  reportPods: { asked: { readonly count: number }; result: Rate };
  getPods: { asked: { readonly of: number; readonly seconds: number }; result: Rate };
  listPods: { asked: { readonly times: number; readonly gzip: boolean }; result: Samples };
  watchLeases: {
    asked: { readonly watchers: number; readonly perSecond: number; readonly seconds: number };
    result: Samples;
  };
}
export type TaskName = keyof Tasks;
export interface Order<N extends TaskName = TaskName> {
  readonly task: N;
  readonly target: LoadTarget;
  readonly asked: Tasks[N]["asked"];
}

const connections = 16;
const underWayEach = 4;
/** How long an event may be missing. */
const patienceMs = 10_000;
const watchConnections = 100;
const now = (): number => performance.now();
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const mergePatch = (path: string, body: Buffer): LoadRequest => ({
  method: "PATCH",
  path,
  body,
  contentType: "application/merge-patch+json",
});
const open = (target: LoadTarget, count: number): Promise<LoadConnection[]> =>
  Promise.all(Array.from({ length: count }, () => connectLoad(target)));

async function rate(
  target: LoadTarget,
  request: (i: number) => LoadRequest,
  end: { readonly code: number; readonly count: number; readonly seconds: number },
): Promise<Rate> {
  const all = await open(target, connections);
  const took: number[] = [];
  const begin = now();
  let next = 0;
  const work = async (connection: LoadConnection): Promise<void> => {
    while (next < end.count && now() - begin < end.seconds * 1000) {
      const i = next++;
      const asked = now();
      const code = await connection.ask(request(i));
      if (code !== end.code) throw new Error(`request ${i} was answered by ${code}`);
      took.push(now() - asked);
    }
  };
  await Promise.all(all.flatMap((connection) => Array.from({ length: underWayEach }, () => work(connection))));
  const seconds = (now() - begin) / 1000;
  for (const connection of all) connection.close();
  return { perSecond: took.length / seconds, p50Ms: percentile(took, 0.5), p99Ms: percentile(took, 0.99) };
}
const samplesOf = (took: readonly number[], bytes: number): Samples => ({
  p50Ms: percentile(took, 0.5),
  p99Ms: percentile(took, 0.99),
  worstMs: percentile(took, 1),
  count: took.length,
  bytes,
});

async function prepare(target: LoadTarget): Promise<null> {
  const [connection] = await open(target, 1);
  const post = async (path: string, object: object): Promise<void> => {
    for (;;) {
      const code = await connection!.ask({ method: "POST", path, body: Buffer.from(JSON.stringify(object)) });
      if (code === 201 || code === 409) return;
      await pause(100); // the server may have just begun
    }
  };
  await post("/api/v1/namespaces", { metadata: { name: namespace } });
  await post(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: "default" } });
  for (let i = 0; i < leases; i++) await post(leasesPath, JSON.parse(leaseBody(i).toString()) as object);
  connection!.close();
  return null;
}

async function listPods(target: LoadTarget, { times, gzip }: Tasks["listPods"]["asked"]): Promise<Samples> {
  const [connection] = await open(target, 1);
  const took: number[] = [];
  let bytes = 0;
  for (let i = 0; i < times; i++) {
    const asked = now();
    const request: LoadRequest = { method: "GET", path: `${podsPath}?resourceVersion=0`, gzip };
    bytes = 0;
    const code = await connection!.tell(request, (piece) => (bytes += piece.length));
    if (code !== 200) throw new Error(`a list was answered by ${code}`);
    took.push(now() - asked);
  }
  connection!.close();
  return samplesOf(took, bytes);
}

const mark = Buffer.from(holderMark);
const markedBytes = mark.length + holderDigits;
/** Finds the numbers of changes in what a watch sends. */
function changesIn(onChange: (change: number) => void): (piece: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (piece) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    let from = 0;
    for (let at = bytes.indexOf(mark); at >= 0 && at + markedBytes <= bytes.length; at = bytes.indexOf(mark, from)) {
      onChange(Number(bytes.toString("latin1", at + mark.length, at + markedBytes)));
      from = at + markedBytes;
    }
    rest = Buffer.from(bytes.subarray(Math.max(from, bytes.length - markedBytes + 1)));
  };
}

async function watchLeases(target: LoadTarget, asked: Tasks["watchLeases"]["asked"]): Promise<Samples> {
  const { watchers, perSecond, seconds } = asked;
  const warmUp = perSecond * 2;
  const all = await open(target, watchConnections);
  const writer = await connectLoad(target);
  const sent: number[] = [];
  const took: number[] = [];
  let bytes = 0;
  const onChange = (change: number): void => {
    // Before the first change, a watch tells what there is.
    if (change <= warmUp || sent[change] === undefined) return;
    took.push(now() - sent[change]!);
  };
  const path = `${leasesPath}?watch=true`;
  const starts = Array.from({ length: watchers }, (_, i) => {
    const read = changesIn(onChange);
    return all[i % all.length]!.follow(path, (piece) => {
      bytes += piece.length;
      read(piece);
    });
  });
  await Promise.all(starts);
  await pause(500);
  const begin = now();
  const writes: Promise<number>[] = [];
  for (let change = 1; change <= warmUp + perSecond * seconds; change++) {
    await pause(Math.max(0, begin + (change * 1000) / perSecond - now()));
    sent[change] = now();
    writes.push(writer.ask(mergePatch(`${leasesPath}/${leaseName(change)}`, leaseBody(change))));
  }
  for (const write of writes) if ((await write) !== 200) throw new Error(`a change was answered by ${await write}`);
  const wanted = watchers * perSecond * seconds;
  const end = now();
  while (took.length < wanted && now() - end < patienceMs) await pause(10);
  const missing = wanted - took.length;
  while (took.length < wanted) took.push(patienceMs);
  for (const connection of [...all, writer]) connection.close();
  return { ...samplesOf(took, bytes), missing };
}

const forever = { count: Infinity, seconds: Infinity };
const tasks: {
  readonly [N in TaskName]: (target: LoadTarget, asked: Tasks[N]["asked"]) => Promise<Tasks[N]["result"]>;
} = {
  prepare,
  createPods: (target, { from, count }) =>
    rate(target, (i) => ({ method: "POST", path: podsPath, body: podBody(from + i) }), {
      ...forever,
      code: 201,
      count,
    }),
  reportPods: (target, { count }) =>
    rate(target, (i) => mergePatch(`${podsPath}/${podName(i)}/status`, podStatusPatch(i)), {
      ...forever,
      code: 200,
      count,
    }),
  getPods: (target, { of, seconds }) =>
    // Every pod in turn, in an order that no cache likes.
    rate(target, (i) => ({ method: "GET", path: `${podsPath}/${podName((i * 7_919) % of)}` }), {
      ...forever,
      code: 200,
      seconds,
    }),
  listPods,
  watchLeases,
};

process.once("disconnect", () => process.exit());
process.on("message", ({ task, target, asked }: Order) => {
  const work = tasks[task] as (target: LoadTarget, asked: object) => Promise<unknown>;
  void work(target, asked).then(
    (result) => process.send!({ result }),
    (error: unknown) => process.send!({ error: String(error) }),
  );
});
