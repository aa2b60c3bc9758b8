// Truth values as Go's flags read them.
const values: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "true", "TRUE", "True"].map((text): [string, boolean] => [text, true]),
  ...["0", "f", "F", "false", "FALSE", "False"].map((text): [string, boolean] => [text, false]),
]);
/** Undefined: it is none. */
export const parseBool = (text: string): boolean | undefined => values.get(text);
export const parseBoolProblem = (text: string): string =>
  `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`;
