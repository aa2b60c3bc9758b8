// The last words of a container: its termination file, or the end of its log where the policy says so.

const mostMessageBytes = 4096;
const mostLogBytes = 2048;
const mostLogLines = 80;

const tail = (text: string, bytes: number): string => {
  const buffer = Buffer.from(text);
  return buffer.length <= bytes ? text : buffer.subarray(buffer.length - bytes).toString("utf8");
};
/** `file`: the content of the termination file, "" when there is none. `log`: the end of the log in CRI format. */
export function terminationMessage(options: {
  policy: string;
  exitCode: number;
  file: string;
  log: () => string;
}): string {
  const buffer = Buffer.from(options.file);
  const own = buffer.subarray(0, mostMessageBytes).toString("utf8");
  if (own !== "" || options.policy !== "FallbackToLogsOnError" || options.exitCode === 0) return own;
  return tail(plainLines(options.log()).slice(-mostLogLines).join(""), mostLogBytes);
}
/** Lines of a CRI log without their stamps; "P" marks a part of a longer line. */
function plainLines(log: string): string[] {
  const lines: string[] = [];
  let part = "";
  for (const line of log.split("\n")) {
    const match = /^\S+ (?:stdout|stderr) ([FP])\S* ?(.*)$/.exec(line);
    if (!match) continue;
    part += match[2]!;
    if (match[1] === "P") continue;
    lines.push(`${part}\n`);
    part = "";
  }
  return part === "" ? lines : [...lines, part];
}
