import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeObject } from "#api/decode.ts";
import { anyMessage } from "#api/any-value.fake.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import type { Message } from "#api/schema.ts";
import { Event as CoreEvent } from "#api/core/event.ts";
import { Event, fromCoreEvent, toCoreEvent } from "./event.ts";

const decoded = <T>(kind: AnyKind, value: unknown): T =>
  decodeObject(kind, value, { unknownFields: "ignore" }).draft as T;
const anyEvent = (kind: AnyKind): fc.Arbitrary<unknown> => anyMessage(kind.schema as Message<unknown>);

test("the names of the two forms", () => {
  const core = decoded<CoreEvent>(CoreEvent, {
    metadata: { name: "e", namespace: "n" },
    involvedObject: { kind: "Pod", name: "p" },
    message: "it happened",
    source: { component: "c", host: "h" },
    firstTimestamp: "2026-01-01T00:00:00Z",
    lastTimestamp: "2026-01-02T00:00:00Z",
    count: 3,
    type: "Normal",
    reason: "Done",
    reportingComponent: "r",
    reportingInstance: "i",
  });
  const event = fromCoreEvent(core);
  assert.deepEqual(
    { ...event, metadata: undefined },
    {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: undefined,
      regarding: core.involvedObject,
      eventTime: null,
      note: "it happened",
      type: "Normal",
      reason: "Done",
      reportingController: "r",
      reportingInstance: "i",
      deprecatedSource: { component: "c", host: "h" },
      deprecatedFirstTimestamp: "2026-01-01T00:00:00Z",
      deprecatedLastTimestamp: "2026-01-02T00:00:00Z",
      deprecatedCount: 3,
    },
  );
});

const runs = { numRuns: 50 };
test("laws: nothing is lost between the forms, either way", () => {
  fc.assert(
    fc.property(anyEvent(CoreEvent), (value) => {
      const core = decoded<CoreEvent>(CoreEvent, value);
      const back = decoded<KubeObject>(CoreEvent, toCoreEvent(fromCoreEvent(core)));
      assert.deepEqual(back, { ...core, apiVersion: "v1", kind: "Event" });
    }),
    runs,
  );
  fc.assert(
    fc.property(anyEvent(Event), (value) => {
      const event = decoded<Event>(Event, value);
      const back = decoded<Event>(Event, fromCoreEvent(toCoreEvent(event)));
      assert.deepEqual(back, { ...event, apiVersion: "events.k8s.io/v1", kind: "Event" });
    }),
    runs,
  );
});
