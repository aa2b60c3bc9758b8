import assert from "node:assert/strict";
import { test } from "node:test";
import type { PodSpec } from "#api/core/schema/pod-spec.ts";
import { overlapWarnings } from "./overlap-warnings.ts";

test("files of a volume that lie where others do", () => {
  const item = (path: string): object => ({ key: "k", path });
  const rows: readonly (readonly [volume: object, ...expected: string[]])[] = [
    [{ configMap: { name: "m", items: [item("a"), item("b")] } }],
    [
      { configMap: { name: "m", items: [item("a/b"), item("a/")] } },
      'volume "v" (ConfigMap "m"): overlapping paths: "a" with "a/b"',
    ],
    [
      { secret: { secretName: "s", items: [item("a"), item("a")] } },
      'volume "v" (Secret "s"): overlapping paths: "a" with "a"',
    ],
    [{ projected: { sources: [{}] } }, 'volume "v" (Projected) has no sources provided'],
    [
      {
        projected: {
          sources: [{ configMap: { name: "m", items: [item("token")] } }, { serviceAccountToken: { path: "token" } }],
        },
      },
      'volume "v" (Projected): overlapping paths: "token" (ServiceAccountToken) with "token" (ConfigMap "m")',
    ],
  ];
  for (const [volume, ...expected] of rows)
    assert.deepEqual(overlapWarnings({ volumes: [{ name: "v", ...volume }] } as unknown as PodSpec), expected);
});
