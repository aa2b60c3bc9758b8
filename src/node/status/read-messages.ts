// Reads the last words of containers that have ended, once for each.
import type { HostFiles } from "#node/host/host-files.ts";
import type { PodView } from "#node/plan/pod-view.ts";
import { annotations } from "#node/pod/identity.ts";
import type { ObservedContainer } from "#node/runtime/runtime.ts";
import { terminationMessage } from "./termination-message.ts";

const mostFileBytes = 4096;
const mostLogBytes = 64 * 1024;
const text = (bytes: Uint8Array | undefined): string => (bytes ? Buffer.from(bytes).toString("utf8") : "");

export async function readMessages(view: PodView, known: Map<string, string>, files: HostFiles): Promise<void> {
  for (const name of view.names)
    for (const run of view.runs(name).slice(0, 2))
      if (run.state === "exited" && !known.has(run.id)) known.set(run.id, await messageOf(run, files));
}
async function messageOf(run: ObservedContainer, files: HostFiles): Promise<string> {
  const path = run.annotations[annotations.terminationMessageFile];
  const file = path ? text(await files.readFile(path, mostFileBytes)) : "";
  const policy = run.annotations[annotations.terminationMessagePolicy] ?? "File";
  const wantsLog = file === "" && policy === "FallbackToLogsOnError" && run.exitCode !== 0 && run.logPath !== "";
  const log = wantsLog ? text(await files.readEnd(run.logPath, mostLogBytes)) : "";
  return terminationMessage({ policy, exitCode: run.exitCode, file, log: () => log });
}
