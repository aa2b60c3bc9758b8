// The CRI runtime against a real containerd: the contract of all runtimes, and what only a real one shows.
import { test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { createCriRuntime } from "#node/runtime/cri/runtime.ts";
import { runtimeContract } from "#node/runtime/runtime.contract.ts";
import { canRunContainerd, startTestContainerd } from "../support/containerd.ts";
import { startTestRegistry } from "../support/registry.ts";
import { testImageArchive } from "../support/test-images.ts";

if (!canRunContainerd()) test("CRI against containerd", { skip: "needs root, containerd and runc" }, () => undefined);
else
  runtimeContract("CRI", async () => {
    const containerd = await startTestContainerd({ images: [] });
    const registry = await startTestRegistry();
    await registry.add(testImageArchive("busybox"));
    registry.serveAll(containerd.layout.containerd.registries);
    return {
      runtime: createCriRuntime({ socket: containerd.layout.containerd.socket, clock: systemClock, log: silentLog }),
      image: "docker.io/library/busybox:latest",
      missingImage: "docker.io/library/nothing:1",
      sandbox: {
        logDirectory: `${containerd.layout.podLogs}/contract`,
        cgroupParent: `${containerd.layout.podsCgroup}/contract`,
      },
      async [Symbol.asyncDispose]() {
        await registry[Symbol.asyncDispose]();
        await containerd[Symbol.asyncDispose]();
      },
    };
  });
