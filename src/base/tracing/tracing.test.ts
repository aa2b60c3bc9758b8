// What other processes are told and tell, which traces are recorded, and a collector that is away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { createLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { placeOf, SpanExporter } from "./exporter.ts";
import { activeSpan, inSpan, outside, within, type Span } from "./span.ts";
import { readTrace, traceHeaders, traceparent } from "./traceparent.ts";
import { Tracer } from "./tracer.ts";

const id = "0af7651916cd43dd8448eb211c80319c";
const parent = "b7ad6b7169203331";

test("traces of others", () => {
  const cases: readonly (readonly [header: string, isSampled: boolean | undefined])[] = [
    [`00-${id}-${parent}-01`, true],
    [`00-${id}-${parent}-00`, false],
    [`00-${id}-${parent}-03`, true],
    [`01-${id}-${parent}-01-more`, true],
    [`00-${id}-${parent}-01-more`, undefined],
    [`ff-${id}-${parent}-01`, undefined],
    [`00-${"0".repeat(32)}-${parent}-01`, undefined],
    [`00-${id}-${"0".repeat(16)}-01`, undefined],
    [`00-${id.toUpperCase()}-${parent}-01`, undefined],
    [`00-${id}-${parent}`, undefined],
    ["", undefined],
  ];
  for (const [header, isSampled] of cases)
    assert.equal(readTrace({ traceparent: header })?.isSampled, isSampled, header);
  assert.equal(readTrace({}), undefined);
  const context = readTrace({ traceparent: `00-${id}-${parent}-01`, tracestate: "a=b", baggage: "c=d" })!;
  assert.equal(traceparent(context), `00-${id}-${parent}-01`);
  within({ context }, () =>
    assert.deepEqual(traceHeaders(), { traceparent: `00-${id}-${parent}-01`, tracestate: "a=b", baggage: "c=d" }),
  );
  assert.deepEqual(traceHeaders(), {});
});

function recording(samplesPerMillion: number): { tracer: Tracer; spans: Span[]; clock: VirtualClock } {
  const spans: Span[] = [];
  const clock = new VirtualClock();
  const sink = (span: Span): void => void spans.push(span);
  return { tracer: new Tracer({ clock, random: seededRandom(3), samplesPerMillion, sink }), spans, clock };
}

test("a share of the traces that begin here, and those that others record", () => {
  const { tracer } = recording(100_000);
  let chosen = 0;
  for (let i = 0; i < 10_000; i++) if (tracer.start("a").span) chosen++;
  assert.ok(chosen > 800 && chosen < 1_200, String(chosen));
  assert.equal(recording(0).tracer.start("a").span, undefined);
  const remote = { traceId: id, spanId: parent, isSampled: true };
  const taken = recording(0).tracer.start("a", { parent: remote });
  assert.deepEqual([taken.context.traceId, taken.span?.parentId], [id, parent]);
  assert.equal(recording(1_000_000).tracer.start("a", { parent: { ...remote, isSampled: false } }).span, undefined);
  const linked = recording(1_000_000).tracer.start("a", { link: remote });
  assert.notEqual(linked.context.traceId, id);
  assert.deepEqual([linked.span?.parentId, linked.span?.link], [undefined, remote]);
});

test("what is done within something is its child; where nothing is traced nothing is asked for", async () => {
  const { tracer, spans, clock } = recording(1_000_000);
  const never = (): never => assert.fail("nobody wants attributes");
  assert.equal(await inSpan("alone", never, async (span) => span), undefined);
  await tracer.run("outer", {}, async (outer) => {
    clock.after(5, () => undefined);
    clock.runNext(Infinity);
    await inSpan(
      "inner",
      () => ({ long: "x".repeat(5_000) }),
      async (inner) => {
        assert.equal(activeSpan(), inner);
        assert.equal(inner!.parentId, outer!.context.spanId);
        outside(() => assert.equal(activeSpan(), undefined));
        for (let i = 0; i < 1_000; i++) inner!.event(`e${i}`);
      },
    );
    await assert.rejects(
      inSpan(
        "failing",
        () => ({}),
        () => Promise.reject(new Error("no")),
      ),
      /^Error: no$/,
    );
  });
  assert.deepEqual(
    spans.map((s) => [s.name, s.problem]),
    [
      ["inner", undefined],
      ["failing", "no"],
      ["outer", undefined],
    ],
  );
  assert.equal(spans[0]!.events.length, 128);
  assert.equal(String(spans[0]!.attributes.get("long")).length, 1024);
  assert.equal(spans[2]!.endMs! - spans[2]!.startMs, 5);
});

test("endpoints", () => {
  assert.deepEqual(placeOf("localhost"), { host: "localhost", port: 4317 });
  assert.deepEqual(placeOf("dns:///collector:1"), { host: "collector", port: 1 });
  assert.deepEqual(placeOf("[::1]:5"), { host: "[::1]", port: 5 });
  assert.equal(placeOf("unix:///run/otel.sock").socketPath, "/run/otel.sock");
  assert.equal(placeOf("unix-abstract:otel").socketPath, "\0otel");
  for (const wrong of ["http://collector:4318", "", "a:b", "a b:1"]) assert.throws(() => placeOf(wrong), wrong);
});

test("a collector that is away costs spans, is told of once, and keeps nobody", async () => {
  const lines: string[] = [];
  const clock = new VirtualClock();
  const log = createLog({ clock, write: (line) => void lines.push(line) });
  const resource = { attributes: {}, scope: "test" };
  const exporter = new SpanExporter({ endpoint: "127.0.0.1:1", resource, clock, log });
  const tracer = new Tracer({ clock, random: seededRandom(1), samplesPerMillion: 1_000_000, sink: exporter.take });
  for (let i = 0; i < 5_000; i++) tracer.start("a").span!.end();
  const stop = new AbortController();
  stop.abort();
  await exporter.run(stop.signal);
  const running = new AbortController();
  const run = exporter.run(running.signal);
  running.abort();
  await run;
  assert.equal(lines.length, 1);
  const { message, dropped } = JSON.parse(lines[0]!) as { message: string; dropped: number };
  assert.equal(message, "spans could not be sent");
  assert.ok(dropped > 2_000, String(dropped));
});
