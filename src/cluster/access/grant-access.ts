// Gives a person access: the administrator's certificate as a context in the kubeconfig.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import {
  changeKubeconfig,
  hasContext,
  mergeContext,
  readKubeconfig,
  type ContextToAdd,
  type KubeconfigFile,
} from "./kubeconfig.ts";
import type { Layout } from "#cluster/layout.ts";
import { changeCluster } from "#cluster/open.ts";
import { readRegistry } from "#cluster/registry.ts";

export function adminContext(layout: Layout): ContextToAdd {
  const file = (name: string): string => readFileSync(join(layout.pki, name), "utf8");
  return {
    name: layout.context,
    server: `https://127.0.0.1:${layout.apiPort}`,
    authority: file("ca.crt"),
    certificate: file("admin.crt"),
    key: file("admin.key"),
  };
}

/** `select`: make it the current context, even if it is there already. Writes only what is not there yet. */
export async function grantAccess(
  home: string,
  layout: Layout,
  file: KubeconfigFile,
  select: boolean,
  clock: Clock,
  signal: AbortSignal,
): Promise<"written" | "unchanged"> {
  const add = adminContext(layout);
  const before = readKubeconfig(file.path);
  const known = readRegistry(home).clusters.find((entry) => entry.name === layout.name)?.kubeconfig;
  if (known !== file.path) changeCluster(home, layout, { kubeconfig: file.path });
  const isThere = hasContext(before, add);
  if (isThere && (!select || before["current-context"] === add.name)) return "unchanged";
  await changeKubeconfig(file, (config) => mergeContext(config, add, select || !isThere), clock, signal);
  return "written";
}

/** After a renewal: the context gets the new certificate where it was written before, if it is still there. */
export async function refreshAccess(home: string, layout: Layout, clock: Clock, signal: AbortSignal): Promise<void> {
  const path = readRegistry(home).clusters.find((entry) => entry.name === layout.name)?.kubeconfig;
  if (path === undefined) return;
  const change = (config: Parameters<typeof hasContext>[0]) =>
    config.contexts?.some((entry) => entry.name === layout.context)
      ? mergeContext(config, adminContext(layout), false)
      : config;
  await changeKubeconfig({ path }, change, clock, signal);
}
