import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Secret } from "#api/core/secret.ts";
import { VirtualClock } from "#base/clock.fake.ts";
import { credentialsFor } from "./credentials.ts";
import { parseImageName } from "./image-name.ts";
import { Images, type ImageOutcome } from "./images.ts";
import { testContainer, testPod } from "#node/pod/pod.fake.ts";
import type { Container } from "#node/pod/types.ts";
import type { RegistryAuth } from "#node/runtime/runtime.ts";
import { SimulatedRuntime } from "#node/runtime/simulated.ts";

const digest = `sha256:${"a".repeat(64)}`;
describe("image names", () => {
  const cases: [string, string | undefined][] = [
    ["nginx", "docker.io library/nginx latest nginx:latest"],
    ["nginx:1.27", "docker.io library/nginx 1.27 nginx:1.27"],
    ["a/b", "docker.io a/b latest a/b:latest"],
    ["localhost:5000/x", "localhost:5000 x latest localhost:5000/x:latest"],
    ["127.0.0.1:30000/x:v1", "127.0.0.1:30000 x v1 127.0.0.1:30000/x:v1"],
    ["registry.k8s.io/e2e/agnhost:2.59", "registry.k8s.io e2e/agnhost 2.59 registry.k8s.io/e2e/agnhost:2.59"],
    [`nginx@${digest}`, `docker.io library/nginx  nginx@${digest}`],
    [`nginx:1@${digest}`, `docker.io library/nginx 1 nginx:1@${digest}`],
    ["Nginx", undefined],
    ["nginx:", undefined],
    ["", undefined],
    ["a b", undefined],
    ["nginx@sha256:12", undefined],
  ];
  for (const [text, expected] of cases)
    it(JSON.stringify(text), () => {
      const name = parseImageName(text);
      assert.equal(name && [name.registry, name.repository, name.tag, name.reference].join(" "), expected);
    });
});

const secretOf = (auths: object, key = ".dockerconfigjson"): Secret => ({
  metadata: { name: "s" },
  data: {
    [key]: Buffer.from(JSON.stringify(key === ".dockercfg" ? auths : { auths })).toString("base64"),
  },
});
const pair = Buffer.from("u:p:q").toString("base64");
describe("registry credentials", () => {
  const cases: [string, object, string, string[]][] = [
    ["by host", { "r.io": { username: "u", password: "p" } }, "r.io/a", ["u"]],
    ["other host", { "r.io": { username: "u" } }, "x.io/a", []],
    ["docker hub by its old address", { "https://index.docker.io/v1/": { username: "u" } }, "nginx", ["u"]],
    ["with a port", { "r:5000": { username: "u" } }, "r:5000/a", ["u"]],
    [
      "by path, the longest first",
      { "r.io/a": { username: "a" }, "r.io/a/b": { username: "b" } },
      "r.io/a/b/c",
      ["b", "a"],
    ],
    ["not a part of a name", { "r.io/a": { username: "a" } }, "r.io/ab/c", []],
    ["by wildcard", { "*.r.io": { username: "u" } }, "eu.r.io/a", ["u"]],
    ["a wildcard spans no dot", { "*.r.io": { username: "u" } }, "a.b.r.io/a", []],
  ];
  for (const [name, auths, image, users] of cases)
    it(name, () =>
      assert.deepEqual(
        credentialsFor(parseImageName(image)!, [secretOf(auths)]).map((a) => a.username),
        users,
      ),
    );
  it("reads the encoded pair, the old form and tokens", () => {
    const image = parseImageName("r.io/a")!;
    assert.deepEqual(credentialsFor(image, [secretOf({ "r.io": { auth: pair } }, ".dockercfg")]), [
      { username: "u", password: "p:q" },
    ]);
    assert.deepEqual(credentialsFor(image, [secretOf({ "r.io": { identitytoken: "t" } })]), [{ identityToken: "t" }]);
  });
  it("a broken secret is as good as none", () =>
    assert.deepEqual(
      credentialsFor(parseImageName("r.io/a")!, [{ metadata: {}, data: { ".dockerconfigjson": "e30" } }]),
      [],
    ));
});

function bench(options: { present?: string[]; pullMs?: number; missing?: () => boolean } = {}) {
  const clock = new VirtualClock();
  const runtime = new SimulatedRuntime({
    clock,
    podCidr: "10.0.0.0/24",
    present: options.present ?? [],
    pullMs: options.pullMs ?? 0,
    ...(options.missing ? { isMissing: options.missing } : {}),
  });
  const said: string[] = [];
  const signal = new AbortController().signal;
  const events = {
    event: (_: unknown, type: string, reason: string, message: string) =>
      void said.push(`${type} ${reason} ${message}`),
  };
  const images = new Images({ runtime, events, clock, mostParallelPulls: 2, signal });
  const ensure = (container: Partial<Container>): Promise<ImageOutcome> =>
    images.ensure(
      {
        pod: testPod(),
        container: testContainer("c", container),
        fieldPath: "spec.containers{c}",
        secrets: [],
        sandbox: undefined,
      },
      signal,
    );
  const take = (): string[] => said.splice(0);
  return { clock, runtime, images, ensure, take };
}
const words = (outcome: ImageOutcome): string =>
  outcome.ok ? "ok" : `${outcome.failure.reason}: ${outcome.failure.message}`;
/** Lets what is under way come to its next wait. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("images", () => {
  it("uses what is present", async () => {
    const { ensure, take } = bench({ present: ["nginx:1"] });
    assert.equal(words(await ensure({ image: "nginx:1", imagePullPolicy: "IfNotPresent" })), "ok");
    assert.deepEqual(take(), ['Normal Pulled Container image "nginx:1" already present on machine']);
  });
  it("pulls what is not, and says how long it took", async () => {
    const { clock, ensure, take } = bench({ pullMs: 1200 });
    const done = ensure({ image: "nginx:1" });
    await settle();
    clock.runNext(Infinity);
    assert.equal(words(await done), "ok");
    assert.deepEqual(take(), [
      'Normal Pulling Pulling image "nginx:1"',
      'Normal Pulled Successfully pulled image "nginx:1" in 1.2s (1.2s including waiting). Image size: 1000000 bytes.',
    ]);
  });
  it("pulls always where the policy or the tag says so", async () => {
    const { ensure, take } = bench({ present: ["nginx:1", "nginx:latest"] });
    await ensure({ image: "nginx:1", imagePullPolicy: "Always" });
    await ensure({ image: "nginx" });
    assert.equal(take().filter((e) => e.startsWith("Normal Pulling")).length, 2);
  });
  it("never pulls under Never", async () => {
    const { ensure, take } = bench();
    const message = 'Container image "nginx:1" is not present with pull policy of Never';
    assert.equal(words(await ensure({ image: "nginx:1", imagePullPolicy: "Never" })), `ErrImageNeverPull: ${message}`);
    assert.deepEqual(take(), [`Warning ErrImageNeverPull ${message}`]);
  });
  it("refuses what is no name", async () => {
    const { ensure } = bench();
    assert.equal(
      words(await ensure({ image: "No Name" })),
      'InvalidImageName: Failed to apply default image tag "No Name": couldn\'t parse image name "No Name": invalid reference format',
    );
  });
  it("backs off after a failure, longer each time, and recovers", async () => {
    let missing = true;
    const { clock, ensure, take } = bench({ missing: () => missing });
    const first = await ensure({ image: "x:1" });
    assert.match(words(first), /^ErrImagePull: rpc error: code = NotFound desc = .*x:1: not found$/);
    assert.match(
      take().join("\n"),
      /^Normal Pulling Pulling image "x:1"\nWarning Failed Failed to pull image "x:1": rpc error: code = NotFound desc = .*not found$/,
    );
    const second = await ensure({ image: "x:1" });
    assert.match(words(second), /^ImagePullBackOff: Back-off pulling image "x:1": ErrImagePull: .*not found$/);
    assert.deepEqual(take(), ['Normal BackOff Back-off pulling image "x:1"']);
    assert.ok(!second.ok && second.failure.retryAt === clock.now() + 10_000);
    clock.moveTo(clock.now() + 10_000);
    await ensure({ image: "x:1" });
    const third = await ensure({ image: "x:1" });
    assert.ok(!third.ok && third.failure.retryAt === clock.now() + 20_000);
    clock.moveTo(clock.now() + 20_000);
    missing = false;
    assert.equal(words(await ensure({ image: "x:1" })), "ok");
  });
  it("pulls an image once for all, and no more than its share at a time", async () => {
    const { clock, runtime, ensure } = bench({ pullMs: 1000 });
    const auths: (RegistryAuth | undefined)[] = [];
    const real = runtime.pullImage.bind(runtime);
    runtime.pullImage = (image, auth, sandbox, signal) => {
      auths.push(auth as undefined);
      return real(image, auth, sandbox, signal);
    };
    const all = ["a:1", "a:1", "b:1", "c:1"].map((image) => ensure({ image }));
    await settle();
    assert.equal(auths.length, 2);
    for (let i = 0; i < 4; i++) {
      clock.runNext(Infinity);
      await settle();
    }
    assert.deepEqual((await Promise.all(all)).map(words), ["ok", "ok", "ok", "ok"]);
    assert.equal(auths.length, 3);
  });
});
