import { describe, test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { Job } from "#api/batch/job.ts";
import { Pod } from "#api/core/pod.ts";
import { createWorld, type World } from "#controllers/world.fake.ts";
import { completionIndex } from "./job-pods.ts";
import { createJobController } from "./job-controller.ts";
import { indexSet, indexText, matchFailurePolicy } from "./policies.ts";

const key = { namespace: "default", name: "work" };
const start = (): Promise<World> => createWorld({ controllers: [createJobController()] });
const create = (world: World, spec: object = {}) =>
  world.client.create(Job, {
    metadata: key,
    spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } }, ...spec },
  });
const get = (world: World) => world.client.get(Job, key);
const pods = async (world: World): Promise<readonly Pod[]> => (await world.client.list(Pod)).items;
const running = async (world: World): Promise<Pod[]> =>
  (await pods(world)).filter((p) => p.status.phase === "Running" && !p.metadata.deletionTimestamp);
/** Ends pods, and lets the controller see it. */
async function end(world: World, which: readonly Pod[], exitCode: number, more: object = {}): Promise<void> {
  for (const pod of which) {
    const finishedAt = new Date(world.clock.now()).toISOString().replace(/\.\d+/, "");
    const containerStatuses = [
      {
        name: "c",
        state: { terminated: { exitCode, finishedAt } },
        ready: false,
        restartCount: 0,
        image: "i",
        imageID: "",
      },
    ];
    const status = { phase: exitCode === 0 ? "Succeeded" : "Failed", containerStatuses, ...more };
    const name = { namespace: "default", name: pod.metadata.name! };
    await world.client.patch(Pod, name, { type: "merge", patch: { status } }, { subresource: "status" });
  }
  await world.settle();
}
const summary = async (world: World): Promise<string> => {
  const { status } = await get(world);
  const conditions = status.conditions?.filter((c) => c.status === "True").map((c) => `${c.type}(${c.reason})`) ?? [];
  return [
    `${status.active ?? 0} active, ${status.succeeded ?? 0} succeeded, ${status.failed ?? 0} failed`,
    ...conditions,
  ].join(" ");
};

test("a Job ends when enough pods have succeeded, and its pods lose their finalizers", async () => {
  await using world = await start();
  await create(world, { completions: 3, parallelism: 2 });
  await world.settle();
  assert.equal((await running(world)).length, 2);
  assert.ok((await pods(world)).every((p) => p.metadata.finalizers?.includes("batch.kubernetes.io/job-tracking")));
  await end(world, await running(world), 0);
  assert.equal(await summary(world), "1 active, 2 succeeded, 0 failed");
  await end(world, await running(world), 0);
  assert.equal(
    await summary(world),
    "0 active, 3 succeeded, 0 failed SuccessCriteriaMet(CompletionsReached) Complete(CompletionsReached)",
  );
  assert.ok((await pods(world)).every((p) => !p.metadata.finalizers?.length));
  const { status } = await get(world);
  assert.ok(status.completionTime && status.startTime);
  assert.ok((await world.events()).includes("Completed: Job completed"));
});

test("failures are tried again, each time later, until there are too many", async () => {
  await using world = await start();
  await create(world, { backoffLimit: 2 });
  await world.settle();
  await end(world, await running(world), 1);
  assert.equal((await running(world)).length, 0, "not at once");
  await world.settle(10_000);
  assert.equal((await running(world)).length, 1);
  await end(world, await running(world), 1);
  await world.settle(15_000);
  assert.equal((await running(world)).length, 0);
  await world.settle(5_000);
  await end(world, await running(world), 1);
  assert.equal(
    await summary(world),
    "0 active, 0 succeeded, 3 failed FailureTarget(BackoffLimitExceeded) Failed(BackoffLimitExceeded)",
  );
  assert.ok((await world.events()).includes("BackoffLimitExceeded: Job has reached the specified backoff limit"));
});

test("the deadline stops what runs", async () => {
  await using world = await start();
  await create(world, { parallelism: 2, completions: 2, activeDeadlineSeconds: 30 });
  await world.settle(29_000);
  assert.equal((await running(world)).length, 2);
  await world.settle(3_000);
  assert.match(
    await summary(world),
    /^0 active, 0 succeeded, 2 failed FailureTarget\(DeadlineExceeded\) Failed\(DeadlineExceeded\)$/,
  );
  assert.equal((await pods(world)).length, 0);
});

test("suspended, nothing runs and nothing counts; resumed, the clock starts anew", async () => {
  await using world = await start();
  await create(world, { parallelism: 2, completions: 2, suspend: true });
  await world.settle();
  assert.equal(await summary(world), "0 active, 0 succeeded, 0 failed Suspended(JobSuspended)");
  assert.equal((await get(world)).status.startTime, undefined);
  const suspend = (value: boolean) =>
    world.client.patch(Job, key, { type: "merge", patch: { spec: { suspend: value } } });
  await suspend(false);
  await world.settle();
  assert.equal(await summary(world), "2 active, 0 succeeded, 0 failed");
  await suspend(true);
  await world.settle(2000);
  assert.equal(await summary(world), "0 active, 0 succeeded, 0 failed Suspended(JobSuspended)");
  assert.equal((await pods(world)).length, 0);
});

test("indexes: each is done once, in its own pod", async () => {
  await using world = await start();
  await create(world, { completionMode: "Indexed", completions: 4, parallelism: 3 });
  await world.settle();
  const first = await running(world);
  assert.deepEqual(first.map(completionIndex).toSorted(), [0, 1, 2]);
  const one = first.find((p) => completionIndex(p) === 1)!;
  assert.equal(one.spec.hostname, "work-1");
  assert.ok(one.metadata.name!.startsWith("work-1-"));
  assert.equal(one.spec.containers[0]!.env?.[0]?.name, "JOB_COMPLETION_INDEX");
  await end(world, [one], 0);
  assert.deepEqual((await running(world)).map(completionIndex).toSorted(), [0, 2, 3]);
  assert.equal((await get(world)).status.completedIndexes, "1");
  await end(world, await running(world), 0);
  const { status } = await get(world);
  assert.deepEqual([status.completedIndexes, status.succeeded], ["0-3", 4]);
  assert.ok(status.conditions?.some((c) => c.type === "Complete"));
});

test("with a limit per index, one index may fail for good while the others go on", async () => {
  await using world = await start();
  await create(world, { completionMode: "Indexed", completions: 2, parallelism: 2, backoffLimitPerIndex: 1 });
  await world.settle();
  const of = async (index: number) => (await running(world)).filter((p) => completionIndex(p) === index);
  await end(world, await of(0), 1);
  await world.settle(11_000);
  assert.equal((await of(0))[0]?.metadata.annotations?.["batch.kubernetes.io/job-index-failure-count"], "1");
  await end(world, await of(0), 1);
  await world.settle(60_000);
  assert.equal((await of(0)).length, 0);
  assert.equal((await get(world)).status.failedIndexes, "0");
  await end(world, await of(1), 0);
  assert.equal(
    await summary(world),
    "0 active, 1 succeeded, 2 failed FailureTarget(FailedIndexes) Failed(FailedIndexes)",
  );
});

test("a rule on exit codes fails the Job at once; another lets a failure pass", async () => {
  await using world = await start();
  const rules = [
    { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
    { action: "FailJob", onExitCodes: { operator: "In", values: [42] } },
  ];
  await create(world, { podFailurePolicy: { rules }, backoffLimit: 0 });
  await world.settle();
  await end(world, await running(world), 1, { conditions: [{ type: "DisruptionTarget", status: "True" }] });
  await world.settle(20_000);
  assert.equal(await summary(world), "1 active, 0 succeeded, 0 failed");
  await end(world, await running(world), 42);
  assert.equal(
    await summary(world),
    "0 active, 0 succeeded, 1 failed FailureTarget(PodFailurePolicy) Failed(PodFailurePolicy)",
  );
  const message = (await get(world)).status.conditions?.find((c) => c.type === "Failed")?.message;
  assert.match(
    message!,
    /^Container c for pod default\/work-\w+ failed with exit code 42 matching FailJob rule at index 1$/,
  );
});

test("a success policy ends the Job early", async () => {
  await using world = await start();
  const rules = [{ succeededIndexes: "0,2", succeededCount: 1 }];
  await create(world, { completionMode: "Indexed", completions: 3, parallelism: 3, successPolicy: { rules } });
  await world.settle();
  await end(
    world,
    (await running(world)).filter((p) => completionIndex(p) === 1),
    0,
  );
  assert.match(await summary(world), /^2 active, 1 succeeded, 0 failed$/);
  await end(
    world,
    (await running(world)).filter((p) => completionIndex(p) === 2),
    0,
  );
  await world.settle(2000);
  assert.match(
    await summary(world),
    /^0 active, 2 succeeded, \d failed SuccessCriteriaMet\(SuccessPolicy\) Complete\(SuccessPolicy\)$/,
  );
});

test("fewer at a time: the surplus goes without being counted", async () => {
  await using world = await start();
  await create(world, { parallelism: 4, completions: 8 });
  await world.settle();
  await world.client.patch(Job, key, { type: "merge", patch: { spec: { parallelism: 1 } } });
  await world.settle(2000);
  assert.equal(await summary(world), "1 active, 0 succeeded, 0 failed");
});

test("pods whose Job is gone are let go", async () => {
  await using world = await start();
  await create(world, { parallelism: 2, completions: 2 });
  await world.settle();
  await world.client.delete(Job, key, { propagationPolicy: "Background" });
  await world.settle();
  assert.ok((await pods(world)).every((p) => !p.metadata.finalizers?.length));
});

describe("policies", () => {
  const pod = (...codes: number[]): Pod =>
    ({
      metadata: { namespace: "ns", name: "p" },
      status: {
        containerStatuses: codes.map((exitCode, i) => ({ name: `c${i}`, state: { terminated: { exitCode } } })),
      },
    }) as unknown as Pod;
  const onExitCodes = (operator: string, values: number[], containerName?: string) => ({
    rules: [{ action: "Count", onExitCodes: { operator, values, ...(containerName ? { containerName } : {}) } }],
  });
  const cases: [string, ReturnType<typeof onExitCodes>, Pod, boolean][] = [
    ["in the list", onExitCodes("In", [3]), pod(3), true],
    ["not in the list", onExitCodes("In", [3]), pod(4), false],
    ["zero is no failure", onExitCodes("NotIn", [3]), pod(0, 3), false],
    ["another than those", onExitCodes("NotIn", [3]), pod(0, 4), true],
    ["of another container", onExitCodes("In", [3], "c1"), pod(3, 0), false],
    ["of this container", onExitCodes("In", [3], "c1"), pod(0, 3), true],
  ];
  for (const [name, policy, p, expected] of cases)
    test(name, () => assert.equal(matchFailurePolicy(policy as never, p) !== undefined, expected));
  test("indexes as text and back", () => {
    assert.equal(indexText(new Set([5, 1, 3, 4, 7, 8])), "1,3-5,7,8");
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60)), (list) => {
        const set = new Set(list);
        assert.deepEqual(
          [...indexSet(indexText(set), 100)],
          list.toSorted((a, b) => a - b),
        );
      }),
    );
  });
});
