// The CRI runtime against a real containerd: the contract of all runtimes, and what only a real one shows.
import { test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { createCriRuntime } from "#node/runtime/cri/runtime.ts";
import { runtimeContract } from "#node/runtime/runtime.contract.ts";
import { canRunContainerd, startTestContainerd } from "../support/containerd.ts";

if (!canRunContainerd()) test("CRI against containerd", { skip: "needs root, containerd and runc" }, () => undefined);
else
  runtimeContract("CRI", async () => {
    const containerd = await startTestContainerd({});
    return {
      runtime: createCriRuntime({ socket: containerd.layout.containerd.socket, clock: systemClock, log: silentLog }),
      image: "docker.io/library/busybox:latest",
      missingImage: "127.0.0.1:9/no/such:image",
      sandbox: {
        logDirectory: `${containerd.layout.podLogs}/contract`,
        cgroupParent: `${containerd.layout.podsCgroup}/contract`,
      },
      [Symbol.asyncDispose]: () => containerd[Symbol.asyncDispose](),
    };
  });
