import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeObject } from "#api/decode.ts";
import { HorizontalPodAutoscaler as Stored } from "#api/autoscaling/horizontal-pod-autoscaler.ts";
import { fromStored, toStored } from "./conversion.ts";
import { HorizontalPodAutoscaler } from "./horizontal-pod-autoscaler.ts";

const target = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
const stored = (spec: object, status: object = {}): Stored =>
  decodeObject(
    Stored,
    { metadata: { name: "a" }, spec: { scaleTargetRef: target, maxReplicas: 3, ...spec }, status },
    { unknownFields: "ignore" },
  ).draft as Stored;
const cpu = (averageUtilization: number) => ({
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization } },
});
const memory = {
  type: "Resource",
  resource: { name: "memory", target: { type: "AverageValue", averageValue: "1Gi" } },
};

test("the use of the processor has a field, other metrics an annotation", () => {
  const old = fromStored(stored({ metrics: [cpu(70), memory] }));
  assert.equal(old.apiVersion, "autoscaling/v1");
  assert.equal(old.spec.targetCPUUtilizationPercentage, 70);
  assert.deepEqual(old.metadata.annotations, {
    "autoscaling.alpha.kubernetes.io/metrics":
      '[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"1Gi"}}]',
  });
});

test("without a metric the use of the processor is meant", () => {
  const old = decodeObject(
    HorizontalPodAutoscaler,
    { metadata: { name: "a" }, spec: { scaleTargetRef: target, maxReplicas: 3 } },
    { unknownFields: "ignore" },
  ).draft as HorizontalPodAutoscaler;
  assert.deepEqual(toStored(old).spec.metrics, [cpu(80)]);
});

test("text in annotations that cannot be read is ignored", () => {
  for (const text of ["", "{", "null", "3", '{"a":1}', '[{"type":3}]']) {
    const old = fromStored(stored({ metrics: [cpu(70)] }));
    const annotations = {
      "autoscaling.alpha.kubernetes.io/metrics": text,
      "autoscaling.alpha.kubernetes.io/behavior": text,
      "autoscaling.alpha.kubernetes.io/conditions": text,
      mine: "kept",
    };
    const back = toStored({ ...old, metadata: { ...old.metadata, annotations } } as HorizontalPodAutoscaler);
    assert.deepEqual(back.spec.metrics, [cpu(70)], text);
    assert.equal(back.spec.behavior, undefined, text);
    assert.deepEqual(back.metadata.annotations, { mine: "kept" }, text);
  }
});

const number = fc.integer({ min: 1, max: 1000 });
const name = fc.stringMatching(/^[a-z]{1,8}$/);
const quantity = fc.constantFrom("1", "500m", "2Gi");
const metric = fc.record({ name, selector: fc.record({ matchLabels: fc.dictionary(name, name) }) });
const reference = fc.record({ apiVersion: fc.constant("v1"), kind: fc.constant("Service"), name });
const averageValue = quantity.map((amount) => ({ type: "AverageValue", averageValue: amount }));
const value = quantity.map((amount) => ({ type: "Value", value: amount }));
const utilization = number.map((use) => ({ type: "Utilization", averageUtilization: use }));
const valueOrAverage = fc.oneof(value, averageValue);
const useOrAverage = fc.oneof(utilization, averageValue);
const metrics = fc.array(
  fc.oneof(
    fc.record({ resource: fc.record({ name: fc.constant("memory"), target: useOrAverage }) }),
    fc.record({ containerResource: fc.record({ name, container: name, target: useOrAverage }) }),
    fc.record({ pods: fc.record({ metric, target: averageValue }) }),
    fc.record({ external: fc.record({ metric, target: valueOrAverage }) }),
    fc.record({ object: fc.record({ metric, describedObject: reference, target: valueOrAverage }) }),
  ),
  { maxLength: 3 },
);
const named = (source: object): object => {
  const [kind = ""] = Object.keys(source);
  return { type: kind[0]!.toUpperCase() + kind.slice(1), ...source };
};
const rules = fc.record({
  stabilizationWindowSeconds: number,
  selectPolicy: fc.constantFrom("Max", "Min", "Disabled"),
  policies: fc.array(fc.record({ type: fc.constantFrom("Pods", "Percent"), value: number, periodSeconds: number }), {
    minLength: 1,
    maxLength: 2,
  }),
});

test("law: what is stored survives the older form", () => {
  const behavior = fc.record({ scaleUp: rules, scaleDown: rules });
  fc.assert(
    fc.property(metrics, number, fc.option(behavior, { nil: undefined }), (others, use, limits) => {
      // The order of metrics is not kept: the one with a field goes last.
      const object = stored({ metrics: [...others.map(named), cpu(use)], behavior: limits, minReplicas: 2 });
      const back = decodeObject(Stored, toStored(fromStored(object)), { unknownFields: "ignore" }).draft as Stored;
      assert.deepEqual(back.spec, object.spec);
      assert.deepEqual(back.status, object.status);
      assert.deepEqual(back.metadata, object.metadata);
    }),
  );
});
