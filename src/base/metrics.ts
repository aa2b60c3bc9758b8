// Metrics in Prometheus' text form: counters, gauges and histograms with labels, kept by the process that measures.
// Label values must come from small sets; each set of values is a series that stays.

export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  add(labels: Labels, by?: number): void;
  /** `add` of one series, for hot paths. */
  of(labels: Labels): (by?: number) => void;
}
export interface Gauge {
  set(labels: Labels, value: number): void;
}
export interface Histogram {
  observe(labels: Labels, value: number): void;
  /** `observe` of one series, for hot paths. */
  of(labels: Labels): (value: number) => void;
}
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}
interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** Lines of the family, without the head. */
  lines(): Iterable<string>;
}

const special = /[\\"\n]/;
const escape = (text: string): string =>
  special.test(text) ? text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n") : text;
/** `{a="b"}`, or nothing; also the key of a series. */
export function labelText(labels: Labels): string {
  let text = "";
  for (const name in labels) text += `${text ? "," : "{"}${name}="${escape(labels[name]!)}"`;
  return text && `${text}}`;
}

/** Durations in seconds, as Kubernetes buckets request latencies. */
export const latencyBuckets: readonly number[] = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.5, 2, 3, 5, 10, 30, 60,
];

interface Distribution {
  readonly labels: Labels;
  readonly counts: number[];
  sum: number;
  count: number;
}

export class Metrics {
  readonly #families = new Map<string, Family>();

  #register(family: Family): void {
    if (this.#families.has(family.name)) throw new Error(`metric ${family.name} is there already`);
    this.#families.set(family.name, family);
  }
  #values(name: string, help: string, type: "counter" | "gauge"): Map<string, number> {
    const values = new Map<string, number>();
    this.#register({
      name,
      help,
      type,
      *lines() {
        for (const [labels, value] of values) yield `${name}${labels} ${value}`;
      },
    });
    return values;
  }
  counter(name: string, help: string): Counter {
    const values = this.#values(name, help, "counter");
    const of = (labels: Labels) => {
      const key = labelText(labels);
      return (by = 1): void => void values.set(key, (values.get(key) ?? 0) + by);
    };
    return { of, add: (labels, by) => of(labels)(by) };
  }
  gauge(name: string, help: string): Gauge {
    const values = this.#values(name, help, "gauge");
    return { set: (labels, value) => void values.set(labelText(labels), value) };
  }
  /** Samples are taken when somebody looks. */
  observed(name: string, help: string, sample: () => Iterable<Sample>, type: "gauge" | "counter" = "gauge"): void {
    this.#register({
      name,
      help,
      type,
      *lines() {
        for (const { labels, value } of sample()) yield `${name}${labelText(labels)} ${value}`;
      },
    });
  }
  histogram(name: string, help: string, buckets: readonly number[] = latencyBuckets): Histogram {
    const series = new Map<string, Distribution>();
    this.#register({
      name,
      help,
      type: "histogram",
      *lines() {
        for (const one of series.values()) yield* distributionLines(name, one, buckets);
      },
    });
    const of = (labels: Labels) => {
      const key = labelText(labels);
      const found = series.get(key);
      const one = found ?? { labels, counts: buckets.map(() => 0), sum: 0, count: 0 };
      if (!found) series.set(key, one);
      return (value: number): void => {
        const bucket = buckets.findIndex((limit) => value <= limit);
        if (bucket >= 0) one.counts[bucket]!++;
        one.sum += value;
        one.count++;
      };
    };
    return { of, observe: (labels, value) => of(labels)(value) };
  }
  /** Prometheus' text exposition format, version 0.0.4. */
  text(): string {
    let text = "";
    for (const family of this.#families.values()) {
      text += `# HELP ${family.name} ${family.help}\n# TYPE ${family.name} ${family.type}\n`;
      for (const line of family.lines()) text += `${line}\n`;
    }
    return text;
  }
}

function* distributionLines(name: string, one: Distribution, buckets: readonly number[]): Generator<string> {
  let below = 0;
  for (const [i, limit] of buckets.entries()) {
    below += one.counts[i]!;
    yield `${name}_bucket${labelText({ ...one.labels, le: String(limit) })} ${below}`;
  }
  yield `${name}_bucket${labelText({ ...one.labels, le: "+Inf" })} ${one.count}`;
  yield `${name}_sum${labelText(one.labels)} ${one.sum}`;
  yield `${name}_count${labelText(one.labels)} ${one.count}`;
}
