// What changed between two values, for messages that refuse a change: one hunk of the values as indented JSON.
const contextLines = 3;
const maxLines = 60;

export function valueDiff(before: unknown, after: unknown): string {
  const a = (JSON.stringify(before, null, 1) ?? "null").split("\n");
  const b = (JSON.stringify(after, null, 1) ?? "null").split("\n");
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const start = Math.max(0, head - contextLines);
  const shared = Math.min(tail, contextLines);
  const hunk = [
    ...a.slice(start, head).map((line) => ` ${line}`),
    ...a.slice(head, a.length - tail).map((line) => `-${line}`),
    ...b.slice(head, b.length - tail).map((line) => `+${line}`),
    ...a.slice(a.length - tail, a.length - tail + shared).map((line) => ` ${line}`),
  ];
  const sizes = [a, b].map((lines) => `${start + 1},${lines.length - tail + shared - start}`);
  const shown = hunk.length > maxLines ? [...hunk.slice(0, maxLines), " ..."] : hunk;
  return `@@ -${sizes[0]!} +${sizes[1]!} @@\n${shown.join("\n")}\n`;
}
