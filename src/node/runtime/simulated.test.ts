import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { systemClock } from "#base/clock.ts";
import { runtimeContract } from "./runtime.contract.ts";
import { AddressPool } from "./simulated-addresses.ts";
import { looksMissing } from "./simulated-images.ts";
import { SimulatedRuntime } from "./simulated.ts";
import type { ContainerConfig, SandboxConfig } from "./runtime.ts";

runtimeContract("simulated", async () => ({
  runtime: new SimulatedRuntime({ clock: systemClock, podCidr: "10.244.1.0/24" }),
  image: "busybox:1",
  missingImage: "registry.example/missing:1",
  sandbox: {},
  [Symbol.asyncDispose]: async () => undefined,
}));

const { signal } = new AbortController();
async function launch(notes: Record<string, string>, command: readonly string[] = []) {
  const clock = new VirtualClock();
  const runtime = new SimulatedRuntime({ clock, podCidr: "10.0.0.0/29", present: ["i"] });
  const sandbox = { podUid: "u", annotations: notes, logDirectory: "/l", labels: {} } as unknown as SandboxConfig;
  const id = await runtime.runSandbox(sandbox, signal);
  const config = { name: "c", imageRef: "i", image: "i", command, args: [], logPath: "c/0.log" };
  const container = await runtime.createContainer(id, config as unknown as ContainerConfig, sandbox);
  const facts = async () => (await runtime.observe("u")).containers[0]!;
  return { clock, runtime, container, facts };
}

describe("simulated processes", () => {
  it("end when their command would", async () => {
    const { clock, runtime, container, facts } = await launch({}, ["sh", "-c", "sleep 5"]);
    await runtime.startContainer(container, signal);
    assert.equal(clock.nextAt(), clock.now() + 5000);
    assert.equal((await facts()).state, "running");
    clock.runNext(Infinity);
    assert.deepEqual([(await facts()).state, (await facts()).exitCode], ["exited", 0]);
  });
  it("end as annotations say", async () => {
    const notes = { "simulated.timonier.io/exit-after.c": "2s", "simulated.timonier.io/exit-code": "7" };
    const { clock, runtime, container, facts } = await launch(notes);
    await runtime.startContainer(container, signal);
    clock.runNext(Infinity);
    assert.equal((await facts()).exitCode, 7);
  });
  it("are killed when they ignore the stop signal for longer than the grace", async () => {
    const { clock, runtime, container, facts } = await launch({ "simulated.timonier.io/stop-after": "10s" });
    await runtime.startContainer(container, signal);
    const stopped = runtime.stopContainer(container, 3, signal);
    assert.equal(clock.nextAt(), clock.now() + 3000);
    clock.runNext(Infinity);
    await stopped;
    assert.equal((await facts()).exitCode, 137);
  });
});

describe("simulated addresses and images", () => {
  it("give freed addresses again, and none beyond the range", () => {
    const pool = new AddressPool("10.0.0.0/29");
    const taken = Array.from({ length: 5 }, () => pool.take());
    assert.deepEqual(taken, ["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"]);
    assert.throws(() => pool.take());
    pool.free("10.0.0.4");
    assert.equal(pool.take(), "10.0.0.4");
  });
  for (const [image, missing] of [
    ["nginx:1.27", false],
    ["registry/missing:1", true],
    ["foo:non-existent", true],
    ["invalid.com/invalid/alpine:3.1", true],
    ["permission:1", false],
    ["no-such-image", true],
  ] as const)
    it(`${image} ${missing ? "cannot" : "can"} be pulled`, () => assert.equal(looksMissing(image), missing));
});
