// How fast rules are evaluated, beside another implementation in JavaScript on the same objects: typed as the rules of
// custom resources are, and untyped as those of admission policies. That one reckons no costs. The cost that evaluation
// reckons and its estimate are printed too.
import { Environment as PeerEnvironment } from "@marcbachmann/cel-js";
import { systemClock } from "#base/clock.ts";
import { compile } from "#cel/environment.ts";
import { createKubernetesEnvironment, perCallLimit } from "#cel/kubernetes/environment.ts";
import { typeOfSchema } from "#cel/kubernetes/structural.ts";
import { dynType } from "#cel/type.ts";
import type { CelType } from "#cel/type.ts";
import { printFigure, printMachine } from "./figures.ts";

const text = { type: "string", maxLength: 64 } as const;
const container = { type: "object", properties: { name: text, image: text }, required: ["name"] } as const;
const schema = {
  type: "object",
  properties: {
    replicas: { type: "integer" },
    minReplicas: { type: "integer" },
    name: text,
    labels: { type: "object", additionalProperties: text, maxProperties: 20 },
    containers: { type: "array", maxItems: 20, items: container },
  },
} as const;
const self = {
  replicas: 3,
  minReplicas: 2,
  name: "web-frontend",
  labels: { app: "web", tier: "front" },
  containers: Array.from({ length: 5 }, (_, i) => ({ name: `c${i}`, image: `registry.example/app-${i}:v1` })),
};
const rules: readonly (readonly [name: string, expression: string])[] = [
  ["comparison", "self.minReplicas <= self.replicas"],
  ["two conditions", "self.replicas > 0 && self.name.startsWith('web')"],
  ["presence and map", "has(self.labels) && 'app' in self.labels && self.labels['app'] == 'web'"],
  ["all, 5 items", "self.containers.all(c, c.image.startsWith('registry.example/'))"],
  ["exists, 5 items", "self.containers.exists(c, c.name == 'c4')"],
  ["pattern", "self.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')"],
];
/** True results a second. */
function rate(evaluate: () => unknown): number {
  const run = (times: number): number => {
    const start = systemClock.monotonic();
    for (let i = 0; i < times; i++) if (evaluate() !== true) throw new Error("the rule does not hold");
    return systemClock.monotonic() - start;
  };
  run(5_000);
  const times = Math.ceil(200 / (run(5_000) / 5_000));
  return (times / Math.min(run(times), run(times))) * 1_000;
}

printMachine();
const peer = new PeerEnvironment({ unlistedVariablesAreDyn: true });
const kinds: readonly (readonly [string, CelType])[] = [
  ["typed", typeOfSchema(schema)!.type],
  ["untyped", dynType],
];
for (const [name, expression] of rules) {
  const peerProgram = peer.parse(expression);
  const against = { name: "cel-js", value: rate(() => peerProgram({ self })) };
  for (const [kind, type] of kinds) {
    const compiled = compile(createKubernetesEnvironment({ variables: { self: type } }), expression);
    if ("issues" in compiled) throw new Error(compiled.message);
    const { program } = compiled;
    const value = rate(() => program.evaluate({ self }, { costLimit: perCallLimit }).value);
    printFigure({ name: `${name}, ${kind}`, value, unit: "/s", against, better: "more" });
  }
  const typed = compile(createKubernetesEnvironment({ variables: { self: kinds[0]![1] } }), expression);
  if (!("program" in typed)) throw new Error(expression);
  const estimate = typed.program.estimateCost();
  console.log(`${"  cost".padEnd(44)} ${typed.program.evaluate({ self }).cost} (${estimate.min} to ${estimate.max})`);
}
