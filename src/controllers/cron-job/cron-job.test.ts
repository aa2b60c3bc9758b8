import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { parseCron } from "#api/batch/cron.ts";
import { CronJob } from "#api/batch/cron-job.ts";
import { Job } from "#api/batch/job.ts";
import { Pod } from "#api/core/pod.ts";
import { createWorld, type World } from "#controllers/world.fake.ts";
import { createJobController } from "#controllers/job/job-controller.ts";
import { ttlAfterFinishedController } from "#controllers/job/ttl-after-finished-controller.ts";
import { cronJobController } from "./cron-job-controller.ts";
import { nextTime } from "./next-time.ts";
import { dueTimes } from "./plan-cron-job.ts";

describe("the next time of a schedule", () => {
  const cases: [schedule: string, after: string, zone: string | undefined, expected: string | undefined][] = [
    ["*/15 * * * *", "2026-01-01T00:00:00Z", undefined, "2026-01-01T00:15:00Z"],
    ["*/15 * * * *", "2026-01-01T00:14:59Z", undefined, "2026-01-01T00:15:00Z"],
    ["0 4 * * *", "2026-01-01T04:00:00Z", undefined, "2026-01-02T04:00:00Z"],
    ["30 2 1 * *", "2026-01-31T12:00:00Z", undefined, "2026-02-01T02:30:00Z"],
    ["0 0 29 2 *", "2026-01-01T00:00:00Z", undefined, "2028-02-29T00:00:00Z"],
    ["0 0 30 2 *", "2026-01-01T00:00:00Z", undefined, undefined],
    ["0 0 * * 1", "2026-01-01T00:00:00Z", undefined, "2026-01-05T00:00:00Z"],
    ["0 0 13 * 5", "2026-01-03T00:00:00Z", undefined, "2026-01-09T00:00:00Z"],
    ["59 23 31 12 *", "2026-12-31T23:59:00Z", undefined, "2027-12-31T23:59:00Z"],
    ["0 4 * * *", "2026-01-01T00:00:00Z", "Europe/Paris", "2026-01-01T03:00:00Z"],
    ["0 4 * * *", "2026-07-01T00:00:00Z", "Europe/Paris", "2026-07-01T02:00:00Z"],
    ["30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Paris", "2026-03-30T00:30:00Z"],
    ["0 12 * * *", "2026-03-28T12:00:00Z", "Europe/Paris", "2026-03-29T10:00:00Z"],
    ["0 0 1 * *", "2026-10-15T00:00:00Z", "America/New_York", "2026-11-01T04:00:00Z"],
    ["15 9 * * *", "2026-01-01T00:00:00Z", "Asia/Kolkata", "2026-01-01T03:45:00Z"],
    ["TZ=Asia/Tokyo 0 9 * * *", "2026-01-01T00:00:00Z", undefined, "2026-01-02T00:00:00Z"],
    ["@every 90s", "2026-01-01T00:00:00Z", undefined, "2026-01-01T00:01:30Z"],
    ["@hourly", "2026-01-01T00:30:00Z", undefined, "2026-01-01T01:00:00Z"],
  ];
  for (const [schedule, after, zone, expected] of cases)
    test(`${schedule} after ${after}${zone ? ` in ${zone}` : ""}`, () => {
      const parsed = parseCron(schedule);
      const next = nextTime(parsed, Date.parse(after), zone ?? parsed.timeZone);
      assert.equal(next === undefined ? undefined : new Date(next).toISOString().replace(".000", ""), expected);
    });
});

describe("what is due", () => {
  const cronJob = (schedule: string, last: string, deadline?: number): CronJob =>
    ({
      metadata: { name: "c", creationTimestamp: "2026-01-01T00:00:00Z" },
      spec: { schedule, ...(deadline === undefined ? {} : { startingDeadlineSeconds: deadline }) },
      status: { lastScheduleTime: last },
    }) as unknown as CronJob;
  const at = (text: string): number => Date.parse(`2026-01-01T${text}Z`);
  const brief = (c: CronJob, now: string) => {
    const { due, next, tooMany } = dueTimes(c, at(now));
    const time = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString().slice(11, 16));
    return [time(due), time(next), tooMany];
  };
  test("nothing yet", () =>
    assert.deepEqual(brief(cronJob("0 * * * *", "2026-01-01T01:00:00Z"), "01:30:00"), [undefined, "02:00", false]));
  test("the latest of several missed", () =>
    assert.deepEqual(brief(cronJob("0 * * * *", "2026-01-01T01:00:00Z"), "04:30:00"), ["04:00", "05:00", false]));
  test("only within the deadline", () =>
    assert.deepEqual(brief(cronJob("0 * * * *", "2026-01-01T01:00:00Z", 600), "04:30:00"), [
      undefined,
      "05:00",
      false,
    ]));
  test("very many missed", () =>
    assert.deepEqual(brief(cronJob("* * * * *", "2026-01-01T00:00:00Z"), "04:30:20"), ["04:30", "04:31", true]));
});

const key = { namespace: "default", name: "tick" };
const start = (): Promise<World> =>
  createWorld({ controllers: [cronJobController, createJobController(), ttlAfterFinishedController] });
const create = (world: World, spec: object = {}, job: object = {}) =>
  world.client.create(CronJob, {
    metadata: key,
    spec: {
      schedule: "* * * * *",
      jobTemplate: {
        spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } }, ...job },
      },
      ...spec,
    },
  });
const jobs = async (world: World): Promise<string[]> =>
  (await world.client.list(Job)).items.map((j) => j.metadata.name!);
async function succeed(world: World): Promise<void> {
  for (const pod of (await world.client.list(Pod)).items) {
    if (pod.status.phase !== "Running") continue;
    const name = { namespace: "default", name: pod.metadata.name! };
    await world.client.patch(
      Pod,
      name,
      { type: "merge", patch: { status: { phase: "Succeeded" } } },
      { subresource: "status" },
    );
  }
  await world.settle();
}

test("a Job each minute; finished ones are kept up to the limit", async () => {
  await using world = await start();
  await create(world);
  for (let i = 0; i < 5; i++) {
    await world.settle(60_000);
    await succeed(world);
  }
  const names = await jobs(world);
  assert.equal(names.length, 3);
  assert.ok(
    names.every((n) => /^tick-\d{8}$/.test(n)),
    names.join(),
  );
  const { status } = await world.client.get(CronJob, key);
  assert.deepEqual(status.active ?? [], []);
  assert.ok(status.lastScheduleTime && status.lastSuccessfulTime);
  const events = await world.events();
  assert.ok(events.includes(`SuccessfulCreate: Created job ${names[0]}`));
  assert.ok(events.includes(`SawCompletedJob: Saw completed job: ${names[0]}, condition: Complete`));
});

test("Forbid waits for the one that runs, Replace stops it, suspended nothing starts", async () => {
  await using world = await start();
  await create(world, { concurrencyPolicy: "Forbid" });
  await world.settle(180_000);
  const [first, ...rest] = await jobs(world);
  assert.deepEqual(rest, []);
  const set = (spec: object) => world.client.patch(CronJob, key, { type: "merge", patch: { spec } });
  await set({ concurrencyPolicy: "Replace" });
  await world.settle(60_000);
  const second = await jobs(world);
  assert.equal(second.length, 1);
  assert.notEqual(second[0], first);
  await set({ suspend: true, concurrencyPolicy: "Allow" });
  await world.settle(180_000);
  assert.deepEqual(await jobs(world), second);
  await set({ suspend: false });
  await world.settle(1000);
  assert.equal((await jobs(world)).length, 2, "the latest missed one, at once");
});

test("a finished Job goes when its time is over", async () => {
  await using world = await start();
  await create(world, {}, { ttlSecondsAfterFinished: 10 });
  await world.settle(60_000);
  await world.client.patch(CronJob, key, { type: "merge", patch: { spec: { suspend: true } } });
  await succeed(world);
  await world.settle(8_000);
  assert.equal((await jobs(world)).length, 1);
  await world.settle(4_000);
  const [job] = (await world.client.list(Job)).items;
  assert.ok(!job || job.metadata.deletionTimestamp, "deleted in the foreground");
});
