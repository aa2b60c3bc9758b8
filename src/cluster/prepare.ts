// What must be true before a component starts: a fit machine with its programs, a record, free ports. Everything that
// is missing is said at once.
import type { Clock } from "#base/clock.ts";
import { findProgram, cniBinaries, installPackages, knownPackages, missingTools } from "#cluster/machine/packages.ts";
import type { ContainerdPrograms } from "#cluster/containerd/containerd.ts";
import type { Layout } from "./layout.ts";
import { readMachineBefore } from "#cluster/machine/machine-before.ts";
import { ownerOf, type MachineFacts } from "#cluster/machine/machine-facts.ts";
import { examineMachine, refuseUnfit, type Finding } from "#cluster/machine/machine.ts";
import { sameFeatures } from "./features.ts";
import { changeCluster, createCluster, type NewCluster } from "./open.ts";
import type { Progress } from "./progress.ts";
import { componentStatus } from "#cluster/supervise/supervisor.ts";

/** Ports that the cluster needs and something else has. */
export function portFindings(
  layout: Layout | undefined,
  askedPort: number | undefined,
  listening: MachineFacts["listening"],
): readonly Finding[] {
  const isOurs = (component: "server" | "node"): boolean =>
    layout !== undefined && componentStatus(layout, component).pid !== undefined;
  const needed: readonly (readonly [number | undefined, boolean, string])[] = [
    [askedPort ?? layout?.apiPort, isOurs("server"), "choose another port with --port, or stop that program"],
    [layout?.kubeletPort, isOurs("node"), "stop that program"],
  ];
  return needed.flatMap(([port, ours, remedy]) => {
    const socket = ours ? undefined : listening.find((s) => s.port === port);
    if (!socket) return [];
    const owner = ownerOf(socket.inode) ?? "another program";
    return [{ severity: "error" as const, what: `port ${port} is taken: ${owner} listens on it`, remedy }];
  });
}

/** Throws Problem with everything that is wrong; returns the warnings. */
export function checkMachine(
  facts: MachineFacts,
  layout: Layout | undefined,
  askedPort: number | undefined,
): readonly Finding[] {
  const findings = [...examineMachine(facts), ...portFindings(layout, askedPort, facts.listening)];
  refuseUnfit(findings);
  return findings;
}

export async function providePackages(isNew: boolean, progress: Progress, signal: AbortSignal): Promise<void> {
  const missing = missingTools();
  if (missing.required.length === 0) {
    // An optional program alone is worth an installation only while the cluster is being made.
    if (!isNew || (await knownPackages(missing.optional, signal)).length === 0) return;
  }
  const names = [...missing.required, ...missing.optional].join(" ");
  await progress.step(`installing system packages: ${names}`, (report) =>
    installPackages(missing, {
      signal,
      onProgress: (text, share) => report(`${Math.round(share * 100)} % ${text}`),
    }),
  );
}

export function containerdPrograms(): ContainerdPrograms {
  return {
    containerd: findProgram("containerd") ?? "containerd",
    runc: findProgram("runc") ?? "runc",
    crun: findProgram("crun"),
    cni: cniBinaries(),
  };
}

/** The existing cluster, on another port or with other features if these are asked for, or a new one. */
export async function provideCluster(
  home: string,
  found: Layout | undefined,
  wanted: NewCluster,
  facts: MachineFacts,
  clock: Clock,
): Promise<Layout> {
  if (!found) return createCluster(home, wanted, facts, clock, await readMachineBefore());
  const { apiPort = found.apiPort } = wanted;
  const features = { ...found.features, ...wanted.features };
  const isSame = apiPort === found.apiPort && sameFeatures(features, found.features);
  return isSame ? found : changeCluster(home, found, { apiPort, features });
}
