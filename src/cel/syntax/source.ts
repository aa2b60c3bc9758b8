// Places in an expression and the errors about them, printed as Kubernetes clients know them: the message with line and
// column, the line itself, and a pointer below it. Columns count code points.

export interface Issue {
  /** From 1; -1 when the error has no place. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

/** Line and column of a UTF-16 offset. */
function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length;
  return { line, column: [...before.slice(start)].length + 1 };
}
export const issueAt = (text: string, offset: number, message: string): Issue =>
  offset < 0 ? { line: -1, column: 0, message } : { ...placeOf(text, offset), message };

const maxIssues = 100;
const maxLine = 16384;
const isWide = (point: string | undefined): boolean => point !== undefined && point.codePointAt(0)! > 127;

function printIssue(lines: readonly string[], { line, column, message }: Issue): string {
  const head = `ERROR: <input>:${line}:${column}: ${message}`;
  const text = lines[line - 1]?.replaceAll("\t", " ");
  if (text === undefined || text.length > maxLine) return head;
  const points = [...text];
  let pointer = "";
  for (const point of points.slice(0, column - 1)) pointer += isWide(point) ? "．" : ".";
  return `${head}\n | ${text}\n | ${pointer}${isWide(points[column - 1]) ? "＾" : "^"}`;
}
/** All issues in the order of their places; beyond a hundred they are only counted. */
export function printIssues(text: string, issues: readonly Issue[]): string {
  const lines = text.split("\n");
  const sorted = issues.slice(0, maxIssues).sort((a, b) => a.line - b.line || a.column - b.column);
  const printed = sorted.map((issue) => printIssue(lines, issue));
  const more = issues.length - maxIssues;
  if (more > 0) printed.push(`${more} more errors were truncated`);
  return printed.join("\n");
}
