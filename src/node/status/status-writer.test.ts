import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ApiError } from "#api/errors.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { silentLog } from "#base/log.ts";
import type { Client } from "#client/client.ts";
import { testPod, testUid } from "#node/pod/pod.fake.ts";
import type { Pod, PodStatus } from "#node/pod/types.ts";
import { StatusWriter } from "./status-writer.ts";
import { statusPatch } from "./status-patch.ts";

describe("status patch", () => {
  const cases: [string, PodStatus, PodStatus, object | undefined][] = [
    ["nothing", { phase: "Running" }, { phase: "Running" }, undefined],
    ["a field", { phase: "Pending" }, { phase: "Running" }, { phase: "Running" }],
    ["a field that goes", { phase: "Failed", reason: "x" }, { phase: "Failed" }, { reason: null }],
    ["fields of others", { nominatedNodeName: "x" }, { phase: "Running" }, { phase: "Running" }],
    ["the first address", {}, { podIPs: [{ ip: "1.1.1.1" }] }, { podIPs: [{ ip: "1.1.1.1" }] }],
    [
      "another address",
      { podIPs: [{ ip: "1.1.1.1" }] },
      { podIPs: [{ ip: "2.2.2.2" }] },
      { podIPs: [{ $patch: "replace" }, { ip: "2.2.2.2" }] },
    ],
    [
      "changed conditions only",
      {
        conditions: [
          { type: "Ready", status: "False", reason: "r" },
          { type: "Initialized", status: "True" },
        ],
      },
      {
        conditions: [
          { type: "Ready", status: "True" },
          { type: "Initialized", status: "True" },
        ],
      },
      { conditions: [{ reason: null, message: null, type: "Ready", status: "True" }] },
    ],
  ];
  for (const [name, has, wants, patch] of cases) it(name, () => assert.deepEqual(statusPatch(has, wants), patch));
});

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
function bench(answer: (status: object, n: number) => Promise<object>) {
  const clock = new VirtualClock();
  const sent: object[] = [];
  let version = 1;
  const client = {
    patch: async (_kind: object, _key: object, { patch }: { patch: { metadata: object; status: object } }) => {
      sent.push(patch.status);
      assert.deepEqual(patch.metadata, { uid: testUid });
      const status = await answer(patch.status, sent.length);
      return testPod({}, { status, metadata: { resourceVersion: String((version += 10)) } });
    },
  } as unknown as Client;
  const writer = new StatusWriter({ client, clock, log: silentLog, signal: new AbortController().signal });
  const pod = testPod({}, { metadata: { resourceVersion: "1" } });
  return { clock, sent, writer, pod };
}
const as = (phase: string): PodStatus => ({ phase }) as PodStatus;

describe("status writer", () => {
  it("writes what is new, and the newest when several come", async () => {
    const { writer, sent, pod } = bench(async (status) => status);
    writer.set(pod, as("Pending"));
    writer.set(pod, as("Running"));
    writer.set(pod, as("Failed"));
    await writer.flush(testUid);
    assert.deepEqual(sent, [{ phase: "Pending" }, { phase: "Failed" }]);
    writer.set(pod, as("Failed"));
    await settle();
    assert.equal(sent.length, 2);
  });
  it("is content with the form that the API gives it", async () => {
    const { writer, sent, pod } = bench(async () => ({ phase: "Running", message: "" }));
    const wanted: PodStatus = { phase: "Running", message: " " };
    writer.set(pod, wanted);
    await writer.flush(testUid);
    writer.set(pod, wanted);
    await settle();
    assert.equal(sent.length, 1);
  });
  it("writes again what somebody else has overwritten", async () => {
    const { writer, sent, pod } = bench(async (status) => status);
    writer.set(pod, as("Running"));
    await writer.flush(testUid);
    const other: Pod = testPod({}, { status: { phase: "Unknown" }, metadata: { resourceVersion: "12" } });
    writer.set(other, as("Running"));
    await settle();
    assert.deepEqual(sent, [{ phase: "Running" }, { phase: "Running" }]);
  });
  it("writes what somebody else had overwritten before it knew", async () => {
    const unready = { type: "Ready", status: "False" };
    const ready = { type: "Ready", status: "True" };
    const { writer, sent, pod } = bench(async (_, n) => ({
      phase: "Running",
      conditions: [n === 1 ? unready : ready],
    }));
    const stale = testPod({}, { status: { conditions: [ready] }, metadata: pod.metadata });
    writer.set(stale, { phase: "Running", conditions: [ready] } as PodStatus);
    await writer.flush(testUid);
    assert.deepEqual(sent, [{ phase: "Running" }, { conditions: [{ reason: null, message: null, ...ready }] }]);
  });
  it("tries again, longer and longer", async () => {
    const { writer, sent, pod, clock } = bench(async (status, n) => {
      if (n < 3) throw new ApiError("InternalError", "no");
      return status;
    });
    writer.set(pod, as("Running"));
    let flushed = false;
    void writer.flush(testUid).then(() => (flushed = true));
    await settle();
    assert.equal(clock.nextAt(), clock.now() + 500);
    clock.runNext(Infinity);
    await settle();
    assert.equal(clock.nextAt(), clock.now() + 1000);
    assert.equal(flushed, false);
    clock.runNext(Infinity);
    await settle();
    assert.deepEqual([sent.length, flushed], [3, true]);
  });
  it("ends with the pod", async () => {
    const { writer, sent, pod, clock } = bench(async () => {
      throw new ApiError("NotFound", "gone");
    });
    writer.set(pod, as("Running"));
    await writer.flush(testUid);
    assert.deepEqual([sent.length, clock.nextAt()], [1, undefined]);
  });
});
