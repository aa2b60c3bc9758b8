// Whether an OCI runtime works on this machine: it creates and deletes one container with the pause program, with
// limits, in the mount namespace that containerd will use. Some mixtures of kernel, cgroups and crun do not.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import { execute } from "#cluster/machine/execute.ts";
import type { Layout } from "#cluster/layout.ts";
import { readIfThere } from "#cluster/machine/machine-facts.ts";
import { architectureOf, pauseProgram } from "./pause-image.ts";

/** Undefined when it works, else what it said. */
export async function probeRuntime(layout: Layout, binary: string, signal: AbortSignal): Promise<string | undefined> {
  const bundle = join(layout.run, "probe");
  const rootfs = join(bundle, "rootfs");
  for (const directory of ["proc", "dev", "sys"]) mkdirSync(join(rootfs, directory), { recursive: true });
  writeFileSync(join(rootfs, "pause"), pauseProgram(architectureOf(arch())), { mode: 0o755 });
  writeFileSync(join(bundle, "config.json"), JSON.stringify(containerSpec(`${layout.systemCgroup}-probe`)));
  const id = `timonier-${layout.name}-probe`;
  const log = join(bundle, "log");
  const runtime = async (...args: readonly string[]): Promise<string | undefined> => {
    const all = [`--mount=${layout.mountNamespace}`, binary, `--root=${bundle}/state`, `--log=${log}`, ...args];
    const { code } = await execute("nsenter", all, { signal, discardOutput: true });
    return code === 0 ? undefined : readIfThere(log).trim() || `${binary} ${args[0]} ended with code ${code}`;
  };
  const failure = await runtime("create", `--bundle=${bundle}`, id);
  const remains = await runtime("delete", "--force", id);
  rmSync(bundle, { recursive: true, force: true });
  return failure ?? remains;
}

const containerSpec = (cgroup: string) => ({
  ociVersion: "1.0.2",
  process: { user: { uid: 65_535, gid: 65_535 }, args: ["/pause"], cwd: "/", noNewPrivileges: true },
  root: { path: "rootfs", readonly: true },
  mounts: [{ destination: "/proc", type: "proc", source: "proc" }],
  linux: {
    cgroupsPath: cgroup,
    namespaces: ["pid", "network", "ipc", "uts", "mount"].map((type) => ({ type })),
    resources: { memory: { limit: 32 << 20 }, cpu: { shares: 128 }, pids: { limit: 16 } },
  },
});
