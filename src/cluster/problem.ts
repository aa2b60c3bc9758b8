// An expected failure of the machine or of the command line: one message with what happened, why, and what to do.

export class Problem extends Error {
  readonly why: string;
  readonly remedy: string;

  constructor(what: string, details: { readonly why: string; readonly remedy: string }, options?: ErrorOptions) {
    super(what, options);
    this.name = "Problem";
    this.why = details.why;
    this.remedy = details.remedy;
  }
}

const indented = (label: string, text: string): string =>
  text
    .split("\n")
    .map((line, i) => (i === 0 ? `  ${label.padEnd(7)} ${line}` : `          ${line}`))
    .join("\n");

/** The text a person sees. Any other error is a fault of the program and shows its stack. */
export function explain(error: unknown): string {
  if (error instanceof Problem)
    return `timonier: ${error.message}\n${indented("why:", error.why)}\n${indented("remedy:", error.remedy)}\n`;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const cause = error instanceof Error && error.cause !== undefined ? `caused by: ${explain(error.cause)}` : "";
  return `timonier: this should not have happened\n${text}\n${cause}`;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
