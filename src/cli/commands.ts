// The list of commands. Each is one file beside this one; the imports are dynamic so that the server process never
// loads the command line's code, nor the other way round.
import type { CommandEntry } from "./command.ts";

export const commands: readonly CommandEntry[] = [
  { name: "up", summary: "create or start a cluster on this machine", load: () => import("./up.ts") },
  { name: "status", summary: "what runs, since when, and where it listens", load: () => import("./status.ts") },
  { name: "logs", summary: "print or follow the logs of the components", load: () => import("./logs.ts") },
  { name: "down", summary: "stop the cluster; its data stays", load: () => import("./down.ts") },
  { name: "delete", summary: "stop the cluster and remove every trace of it", load: () => import("./delete.ts") },
  { name: "image", summary: "load, list or remove container images", load: () => import("./image.ts") },
  { name: "dev", summary: "run a cluster from source, restarted on every change", load: () => import("./dev.ts") },
  { name: "version", summary: "print the versions of the program and its parts", load: () => import("./version.ts") },
  { name: "server", summary: "run the server process", hidden: true, load: () => import("./server.ts") },
  { name: "node", summary: "run the node process", hidden: true, load: () => import("./node.ts") },
  {
    name: "supervise",
    summary: "run one component again and again",
    hidden: true,
    load: () => import("./supervise.ts"),
  },
];

/** `program` is the name shown to the person. */
export function overview(program: string): string {
  const shown = commands.filter((command) => !command.hidden);
  const width = Math.max(...shown.map((command) => command.name.length)) + 2;
  const lines = shown.map((command) => `  ${command.name.padEnd(width)}${command.summary}`);
  return `Usage: ${program} <command> [options]\n\nCommands:\n${lines.join("\n")}\n\n'${program} <command> --help' says more about a command.\n`;
}
