// How long a process has computed. Time on the wall tells more of what else a machine does than of a server.
import { readFileSync } from "node:fs";

/** Of the kernel's accounting of processor time. */
const tickMs = 10;

/** Of user and system, in steps of a tick. */
export function usedCpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}
