import { describe, test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Deployment } from "#api/apps/deployment.ts";
import { formatTime } from "#api/time.ts";
import { deployment, planned, replicaSet, RolloutModel, start, type SetShape } from "./rollout.fake.ts";
import { maxSurge, maxUnavailable, wantedReplicas } from "./sizing.ts";

type Spec = Parameters<typeof deployment>[1];
const rolling = (surge: number | string, unavailable: number | string, replicas = 10): Spec => ({
  replicas,
  strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } },
});
const progressing = (d: Deployment["status"]) => d.conditions?.find((c) => c.type === "Progressing");

describe("one turn of a rolling update", () => {
  const cases: [string, Spec, Record<string, SetShape>, Record<string, number>][] = [
    ["the first ReplicaSet gets all pods", {}, {}, { v2: 10 }],
    ["a new set starts with the surge", {}, { v1: { replicas: 10 } }, { v1: 10, v2: 3 }],
    ["without surge it starts empty", rolling(0, 3), { v1: { replicas: 10 } }, { v1: 10, v2: 0 }],
    ["it then makes room", rolling(0, 3), { v1: { replicas: 10 }, v2: { replicas: 0 } }, { v1: 7, v2: 0 }],
    ["and fills the room", rolling(0, 3), { v1: { replicas: 7 }, v2: { replicas: 0 } }, { v1: 7, v2: 3 }],
    ["old pods go as new ones are available", {}, { v1: { replicas: 10 }, v2: { replicas: 3 } }, { v1: 5, v2: 3 }],
    [
      "unavailable new pods hold the old ones",
      rolling(3, 0),
      { v1: { replicas: 10 }, v2: { replicas: 3, available: 0 } },
      { v1: 10, v2: 3 },
    ],
    [
      "one at a time with no pod missing",
      rolling(1, 0, 3),
      { v1: { replicas: 3 }, v2: { replicas: 1 } },
      { v1: 2, v2: 1 },
    ],
    [
      "unavailable old pods go first and at once",
      rolling(0, 2),
      { v1: { replicas: 10, available: 8 }, v2: { replicas: 0 } },
      { v1: 8, v2: 0 },
    ],
    [
      "of several old sets the oldest shrinks first",
      rolling(2, 2),
      { v0: { replicas: 4, age: 20 }, v1: { replicas: 6, age: 10 }, v2: { replicas: 2 } },
      { v0: 0, v1: 6, v2: 2 },
    ],
    [
      "the surge limits all sets together",
      rolling(2, 0),
      { v1: { replicas: 11 }, v2: { replicas: 0 } },
      { v1: 11, v2: 1 },
    ],
    ["a new set that is too large shrinks", {}, { v2: { replicas: 12 } }, { v2: 10 }],
    [
      "a set of the same template is used again",
      {},
      { v1: { replicas: 10 }, v2: { replicas: 0, age: 99 } },
      { v1: 10, v2: 3 },
    ],
    [
      "limits that round to nothing let one pod be missing",
      rolling(0, "1%"),
      { v1: { replicas: 10 }, v2: { replicas: 0 } },
      { v1: 9, v2: 0 },
    ],
    [
      "no pods wanted: nothing to wait for",
      rolling(1, 0, 0),
      { v1: { replicas: 3, desired: 0, max: 0 }, v2: { replicas: 0 } },
      { v1: 0, v2: 0 },
    ],
  ];
  for (const [name, spec, sets, expected] of cases)
    test(name, () => {
      const list = Object.entries(sets).map(([image, shape]) =>
        replicaSet(image, { desired: spec?.replicas ?? 10, ...shape }),
      );
      assert.deepEqual(planned(deployment("v2", spec), list).sizes, expected);
    });
});

describe("a change of size", () => {
  const cases: [string, Spec, Record<string, SetShape>, Record<string, number>][] = [
    ["one set takes all", { replicas: 12 }, { v2: { replicas: 10 } }, { v2: 12 }],
    [
      "the only active set takes all, though it is old",
      { replicas: 12 },
      { v1: { replicas: 10 }, v2: { replicas: 0 } },
      { v1: 12, v2: 0 },
    ],
    ["growing in proportion", { replicas: 20 }, { v1: { replicas: 8 }, v2: { replicas: 5 } }, { v1: 15, v2: 10 }],
    ["shrinking in proportion", { replicas: 5 }, { v1: { replicas: 8 }, v2: { replicas: 5 } }, { v1: 4, v2: 3 }],
    ["to nothing", { replicas: 0 }, { v1: { replicas: 8 }, v2: { replicas: 5 } }, { v1: 0, v2: 0 }],
    [
      "the larger and the newer get theirs first",
      rolling(0, 1, 12),
      { v0: { replicas: 3, max: 10, age: 9 }, v1: { replicas: 3, max: 10, age: 5 }, v2: { replicas: 4, max: 10 } },
      { v0: 3, v1: 4, v2: 5 },
    ],
    ["while paused the sizes follow as well", { replicas: 20, paused: true }, { v1: { replicas: 10 } }, { v1: 20 }],
  ];
  for (const [name, spec, sets, expected] of cases)
    test(name, () => {
      const list = Object.entries(sets).map(([image, shape]) => replicaSet(image, shape));
      const { plan, sizes } = planned(deployment("v2", spec), list);
      assert.deepEqual(sizes, expected);
      const max = maxSurge(deployment("v2", spec)) + spec!.replicas!;
      for (const step of plan.steps)
        if (step.type === "update" && step.replicas !== step.set.spec.replicas) {
          assert.equal(step.annotations["deployment.kubernetes.io/desired-replicas"], String(spec!.replicas));
          assert.equal(step.annotations["deployment.kubernetes.io/max-replicas"], String(max));
        }
    });
});

describe("recreate", () => {
  const spec: Spec = { strategy: { type: "Recreate" } };
  const old = replicaSet("v1", { replicas: 10, max: 10 });
  test("old pods are stopped first", () => assert.deepEqual(planned(deployment("v2", spec), [old]).sizes, { v1: 0 }));
  const stopped = replicaSet("v1", { replicas: 0, max: 10 });
  test("nothing starts while one of them runs", () =>
    assert.deepEqual(planned(deployment("v2", spec), [stopped], start, true).sizes, { v1: 0 }));
  test("then all new ones start", () =>
    assert.deepEqual(planned(deployment("v2", spec), [stopped]).sizes, { v1: 0, v2: 10 }));
});

describe("revisions", () => {
  test("however high they are", () => {
    const old = replicaSet("v1", { replicas: 10 });
    const annotations = { ...old.metadata.annotations, "deployment.kubernetes.io/revision": "3546343826724305832" };
    const adopted = { ...old, metadata: { ...old.metadata, annotations } };
    assert.equal(planned(deployment("v2"), [adopted]).plan.revision, "3546343826724305833");
  });
  test("a new set counts on from the highest", () => {
    const { plan } = planned(deployment("v3"), [
      replicaSet("v1", { replicas: 0, revision: 4 }),
      replicaSet("v2", { replicas: 10, revision: 7 }),
    ]);
    const made = plan.steps.find((s) => s.type === "create")!;
    assert.equal(made.set.metadata.annotations?.["deployment.kubernetes.io/revision"], "8");
    assert.equal(plan.revision, "8");
    assert.match(made.set.metadata.name!, /^web-[b-df-hj-np-tv-xz2-9]+$/);
    const { labels } = made.set.metadata;
    assert.equal(`web-${labels?.["pod-template-hash"]}`, made.set.metadata.name);
    assert.equal(made.set.spec.selector.matchLabels?.["pod-template-hash"], labels?.["pod-template-hash"]);
  });
  test("going back makes the old set the newest and keeps what it was", () => {
    const { plan } = planned(deployment("v1"), [
      replicaSet("v1", { replicas: 0, revision: 1 }),
      replicaSet("v2", { replicas: 10, revision: 2 }),
    ]);
    const step = plan.steps.find((s) => s.type === "update")!;
    assert.equal(step.type === "update" && step.annotations["deployment.kubernetes.io/revision"], "3");
    assert.equal(step.type === "update" && step.annotations["deployment.kubernetes.io/revision-history"], "1");
  });
  test("annotations of the Deployment are passed on, but not its own", () => {
    const d = deployment("v2");
    const annotations = {
      "kubernetes.io/change-cause": "because",
      "kubectl.kubernetes.io/last-applied-configuration": "{}",
      "deployment.kubernetes.io/revision": "9",
    };
    const { plan } = planned({ ...d, metadata: { ...d.metadata, annotations } }, []);
    assert.deepEqual(plan.steps[0]!.set.metadata.annotations, {
      "kubernetes.io/change-cause": "because",
      "deployment.kubernetes.io/revision": "1",
      "deployment.kubernetes.io/desired-replicas": "10",
      "deployment.kubernetes.io/max-replicas": "13",
    });
  });
  test("a collision gives another name", () => {
    const name = (collisionCount?: number): string => {
      const d = deployment("v1", {}, collisionCount === undefined ? {} : { collisionCount });
      return planned(d, []).plan.steps[0]!.set.metadata.name!;
    };
    assert.equal(name(), name(0));
    assert.notEqual(name(), name(1));
  });
  test("history beyond the limit goes, the oldest first, once the rollout is complete", () => {
    const status = {
      replicas: 10,
      updatedReplicas: 10,
      availableReplicas: 10,
      readyReplicas: 10,
      observedGeneration: 1,
    };
    const sets = [
      replicaSet("v1", { replicas: 0, revision: 1 }),
      replicaSet("v2", { replicas: 0, revision: 2 }),
      replicaSet("v3", { replicas: 0, revision: 3 }),
      replicaSet("v4", { replicas: 10, revision: 4 }),
    ];
    const spec = { revisionHistoryLimit: 1 };
    assert.deepEqual(planned(deployment("v4", spec, status), sets).sizes, { v3: 0, v4: 10 });
    const running = { ...status, availableReplicas: 9 };
    assert.deepEqual(planned(deployment("v4", spec, running), sets).sizes, { v1: 0, v2: 0, v3: 0, v4: 10 });
    assert.deepEqual(planned(deployment("v4", { revisionHistoryLimit: 0, paused: true }, running), sets).sizes, {
      v4: 10,
    });
  });
});

describe("conditions", () => {
  const available = (d: Deployment, sets: Parameters<typeof planned>[1], now = start) =>
    planned(d, sets, now).plan.status.conditions?.find((c) => c.type === "Available");
  test("available within the limits of the strategy", () => {
    const few = available(deployment("v1"), [replicaSet("v1", { replicas: 10, available: 7 })]);
    assert.deepEqual([few?.status, few?.reason], ["False", "MinimumReplicasUnavailable"]);
    const enough = available(deployment("v1"), [replicaSet("v1", { replicas: 10, available: 8 })]);
    assert.deepEqual([enough?.status, enough?.message], ["True", "Deployment has minimum availability."]);
  });
  test("progressing from creation to completion", () => {
    const model = new RolloutModel(deployment("v1", { replicas: 2 }));
    const seen: string[] = [];
    for (let i = 0; i < 6; i++) {
      model.turn();
      const c = progressing(model.deployment.status);
      seen.push(`${c?.status} ${c?.reason} ${c?.message}`);
      model.pods(
        () => false,
        () => 1,
      );
    }
    const name = [...model.sets.values()][0]!.metadata.name;
    assert.deepEqual(
      [...new Set(seen)],
      [
        `True NewReplicaSetCreated Created new replica set "${name}"`,
        `True ReplicaSetUpdated ReplicaSet "${name}" is progressing.`,
        `True NewReplicaSetAvailable ReplicaSet "${name}" has successfully progressed.`,
      ],
    );
  });
  test("a rollout that stands still times out, and is asked for again just after", () => {
    const model = new RolloutModel(deployment("v1", { replicas: 2, progressDeadlineSeconds: 60 }));
    let plan = model.turn();
    for (let i = 0; i < 100 && progressing(model.deployment.status)?.status !== "False"; i++) {
      model.pods(
        () => true,
        () => 0,
      );
      model.now += plan.againInMs ?? 0;
      plan = model.turn();
    }
    const c = progressing(model.deployment.status)!;
    assert.deepEqual([c.reason, plan.againInMs], ["ProgressDeadlineExceeded", undefined]);
    assert.match(c.message!, /^ReplicaSet "web-\w+" has timed out progressing\.$/);
    assert.ok(model.now - start < 130_000);
    model.pods(
      () => false,
      () => 9,
    );
    model.turn();
    assert.equal(progressing(model.deployment.status)?.reason, "NewReplicaSetAvailable", "and recovers");
  });
  test("pausing and resuming is noted", () => {
    const status = { conditions: [{ type: "Progressing", status: "True", reason: "ReplicaSetUpdated" }] };
    const paused = planned(deployment("v1", { paused: true }, status), [replicaSet("v1", { replicas: 10 })]);
    assert.equal(progressing(paused.plan.status)?.reason, "DeploymentPaused");
    const resumed = planned(deployment("v2", {}, paused.plan.status), [replicaSet("v1", { replicas: 10 })]);
    assert.equal(progressing(resumed.plan.status)?.reason, "NewReplicaSetCreated");
    const same = planned(deployment("v1", {}, paused.plan.status), [replicaSet("v1", { replicas: 10, available: 1 })]);
    assert.equal(progressing(same.plan.status)?.reason, "DeploymentResumed");
  });
  test("no deadline, no condition", () => {
    const d = deployment("v1", { progressDeadlineSeconds: 2 ** 31 - 1 });
    assert.equal(progressing(planned(d, []).plan.status), undefined);
  });
  test("a ReplicaSet's failure is the Deployment's", () => {
    const set = replicaSet("v1", { replicas: 10, available: 0 });
    const failure = {
      type: "ReplicaFailure",
      status: "True",
      reason: "FailedCreate",
      message: "exceeded quota",
      lastTransitionTime: formatTime(start),
    };
    const { status } = planned(deployment("v1"), [{ ...set, status: { ...set.status, conditions: [failure] } }]).plan;
    assert.equal(status.conditions?.find((c) => c.type === "ReplicaFailure")?.message, "exceeded quota");
    const healed = planned(deployment("v1", {}, status), [set]).plan.status;
    assert.equal(
      healed.conditions?.find((c) => c.type === "ReplicaFailure"),
      undefined,
    );
  });
});

describe("laws of a rolling update", () => {
  const world = fc.record({
    replicas: fc.integer({ min: 0, max: 12 }),
    surge: fc.oneof(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 100 }).map((n) => `${n}%`),
    ),
    unavailable: fc.oneof(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 100 }).map((n) => `${n}%`),
    ),
    changes: fc.array(
      fc.record({
        image: fc.constantFrom("v1", "v2", "v3", "bad"),
        turns: fc.integer({ min: 0, max: 12 }),
        ready: fc.integer({ min: 1, max: 4 }),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  });
  const bad = (image: string): boolean => image === "bad";

  test("never above the surge, never below availability, and it ends with the wanted pods", () => {
    fc.assert(
      fc.property(world, ({ replicas, surge, unavailable, changes }) => {
        const model = new RolloutModel(deployment("v1", rolling(surge, unavailable, replicas)));
        for (let i = 0; i < 40; i++) {
          model.turn();
          model.pods(bad, () => 99);
        }
        const most = wantedReplicas(model.deployment) + maxSurge(model.deployment);
        const least = wantedReplicas(model.deployment) - maxUnavailable(model.deployment);
        const step = (ready: number): void => {
          model.turn();
          assert.ok(model.total <= most, `${model.total} pods, ${most} allowed`);
          // Pods that a smaller size removes were unavailable ones, or could be spared.
          model.pods(bad, () => 0);
          assert.ok(model.available >= least, `${model.available} available, ${least} needed`);
          model.pods(bad, () => ready);
        };
        for (const { image, turns, ready } of changes) {
          model.deployment = {
            ...model.deployment,
            spec: { ...deployment(image).spec, ...model.deployment.spec, template: deployment(image).spec.template },
          };
          for (let i = 0; i < turns; i++) step(ready);
        }
        model.deployment = {
          ...model.deployment,
          spec: { ...model.deployment.spec, template: deployment("last").spec.template },
        };
        for (let i = 0; i < 120; i++) step(1);
        const left = Object.fromEntries(Object.entries(model.sizes()).filter(([, n]) => n > 0));
        assert.deepEqual(left, replicas === 0 ? {} : { last: replicas });
        assert.equal(progressing(model.deployment.status)?.reason, "NewReplicaSetAvailable");
      }),
      { numRuns: 150 },
    );
  });

  test("a change of size under way keeps all sets together at the new limit", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 10 }),
        (sizes, wanted, surge) => {
          const sum = sizes.reduce((a, b) => a + b, 0);
          const sets = sizes.map((replicas, i) => replicaSet(`v${i}`, { replicas, desired: sum, max: sum, age: i }));
          const after = planned(deployment("v0", { ...rolling(surge, 0, wanted) }), sets).sizes;
          const total = Object.values(after).reduce((a, b) => a + b, 0);
          fc.pre(sum !== wanted);
          assert.equal(total, wanted === 0 ? 0 : wanted + surge);
          assert.ok(Object.values(after).every((n) => n >= 0));
        },
      ),
    );
  });
});
