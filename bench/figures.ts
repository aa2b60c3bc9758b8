// How benchmarks print: a figure, its limit or its peer's figure, and the ratio. Below 1 is better than the limit.
import { loadavg } from "node:os";

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is measured against. */
  readonly against: { readonly name: string; readonly value: number };
  readonly better: "less" | "more";
}
const round = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

export function printFigure({ name, value, unit, against, better }: Figure): void {
  const ratio = better === "less" ? value / against.value : against.value / value;
  console.log(
    `${name.padEnd(44)} ${round(value).padStart(9)} ${unit.padEnd(8)} ${against.name}: ${round(against.value)} ${unit}  ratio ${ratio.toFixed(2)}`,
  );
}
export const printMachine = (): void =>
  console.log(
    `# load ${loadavg()
      .map((l) => l.toFixed(2))
      .join(" ")}, Node ${process.version}`,
  );
/** The value below which `share` of the samples lie. */
export const percentile = (samples: readonly number[], share: number): number =>
  [...samples].sort((a, b) => a - b)[Math.min(samples.length - 1, Math.floor(samples.length * share))] ?? NaN;
