import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { controlFiles, cpuWeight, createCgroups, podCgroup, podLimits } from "./cgroups.ts";
import { MemoryFiles } from "./memory-files.ts";
import { testContainer, testPod, testUid } from "#node/pod/pod.fake.ts";
import type { Pod } from "#node/pod/types.ts";

const sized = (requests: object, limits: object): Pod =>
  testPod({ containers: [testContainer("c", { resources: { requests, limits } as never })] });
const burstable = sized({ cpu: "250m" }, { memory: "64Mi" });
const mount = "/sys/fs/cgroup";
const text = async (files: MemoryFiles, path: string): Promise<string | undefined> => {
  const bytes = await files.readFile(mount + path, 100);
  return bytes && Buffer.from(bytes).toString();
};

describe("control groups", () => {
  it("lie by quality of service", () => {
    assert.equal(podCgroup("/k", testPod()), `/k/besteffort/pod${testUid}`);
    assert.equal(podCgroup("/k", burstable), `/k/burstable/pod${testUid}`);
    const full = { cpu: "1", memory: "1Gi" };
    assert.equal(podCgroup("/k", sized(full, full)), `/k/pod${testUid}`);
  });
  it("limit what every container limits", () => {
    assert.deepEqual(podLimits(burstable), { cpuShares: 256, cpuQuota: undefined, memoryBytes: 64 * 2 ** 20 });
    const values = (version: 1 | 2): string[] =>
      controlFiles(podLimits(burstable), version).map((f) => `${f.file}=${f.value}`);
    assert.deepEqual(values(1), ["cpu.shares=256", "cpu.cfs_quota_us=-1", `memory.limit_in_bytes=${64 * 2 ** 20}`]);
    assert.deepEqual(values(2), ["cpu.weight=10", "cpu.max=max 100000", `memory.max=${64 * 2 ** 20}`]);
    assert.deepEqual([cpuWeight(2), cpuWeight(1024), cpuWeight(262_144)], [1, 39, 10_000]);
  });
  it("version 1: made where they limit, removed everywhere", async () => {
    const files = new MemoryFiles();
    for (const name of ["cpu,cpuacct", "memory", "pids"]) {
      await files.makeDirectory(`${mount}/${name}`);
      await files.writeFile(`${mount}/${name}/cgroup.procs`, "");
    }
    await files.link("cpu,cpuacct", `${mount}/cpu`);
    const cgroups = await createCgroups(files, "/k");
    const path = await cgroups.ensurePod(burstable);
    assert.equal(path, `/k/burstable/pod${testUid}`);
    assert.equal(await text(files, `/cpu,cpuacct${path}/cpu.shares`), "256");
    assert.equal(await text(files, `/memory${path}/memory.limit_in_bytes`), String(64 * 2 ** 20));
    assert.deepEqual(await cgroups.list(), [testUid]);
    // the runtime makes groups of its own inside
    await files.makeDirectory(`${mount}/pids${path}/container`);
    for (const hierarchy of ["cpu,cpuacct", "memory"])
      for (const file of await files.list(`${mount}/${hierarchy}${path}`))
        await files.remove(`${mount}/${hierarchy}${path}/${file}`);
    await cgroups.removePod(testUid);
    assert.equal(await files.stat(`${mount}/pids${path}`), undefined);
    assert.deepEqual(await cgroups.list(), []);
  });
  it("version 2: controllers are switched on from above", async () => {
    const files = new MemoryFiles();
    await files.makeDirectory(mount);
    await files.writeFile(`${mount}/cgroup.controllers`, "cpu memory pids");
    const cgroups = await createCgroups(files, "/k");
    const path = await cgroups.ensurePod(burstable);
    assert.ok(await text(files, "/k/burstable/cgroup.subtree_control"));
    assert.equal(await text(files, `${path}/memory.max`), String(64 * 2 ** 20));
    await cgroups.balance([burstable, testPod()]);
    assert.equal(await text(files, "/k/burstable/cpu.weight"), "10");
    assert.equal(await text(files, "/k/besteffort/cpu.weight"), "1");
  });
});
