import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { testContainer, testPod, testUid } from "#node/pod/pod.fake.ts";
import type { Pod, Volume, VolumeMount } from "#node/pod/types.ts";
import { PodVolumes } from "./pod-volumes.ts";
import { fakeVolumeParts } from "./volumes.fake.ts";
import { createTokens } from "./tokens.ts";
import type { Client } from "#client/client.ts";

const signal = new AbortController().signal;
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function bench(volumes: readonly Volume[], more: Partial<Pod["spec"]> = {}, metadata: object = {}) {
  const fake = fakeVolumeParts();
  const { files, references } = fake;
  references.objects.set("ConfigMap/cm", {
    metadata: { name: "cm" },
    data: { a: "1", b: "2" },
    binaryData: { bin: base64("x") },
  } as object as { metadata: object });
  references.objects.set("Secret/sec", { metadata: {}, data: { pw: base64("hush") } } as object as {
    metadata: object;
  });
  const pod = testPod({ volumes, ...more }, { metadata });
  const failures: string[] = [];
  const mounted = new PodVolumes(fake.parts, pod, (e) => failures.push(e.message), signal);
  const read = async (path: string): Promise<string | undefined> => {
    const bytes = await files.readFile(path, 1000);
    return bytes && Buffer.from(bytes).toString();
  };
  const sources = (mounts: readonly Partial<VolumeMount>[], env: Record<string, string> = {}): Promise<string[]> =>
    mounted.mountSources(testContainer("c", { volumeMounts: mounts as VolumeMount[] }), (n) => env[n]);
  return { ...fake, pod, mounted, read, sources, failures };
}

it("an image is mounted read-only, and let go of in the end", async () => {
  const { mounted, files, sources, pod } = await bench([{ name: "v", image: { reference: "registry/files:1" } }]);
  await mounted.setUp(pod, signal);
  const [path] = await sources([{ name: "v", mountPath: "/x" }]);
  assert.match(path!, /\/volumes\/kubernetes\.io~image\/v$/);
  assert.deepEqual([...mounted.readOnlyNames], ["v"]);
  assert.equal(files.mounts.get(path!), "/image");
  await mounted.tearDown(signal);
  assert.equal(files.mounts.size, 0);
});

describe("volumes from objects", () => {
  it("show keys as files behind one exchanged link", async () => {
    const { mounted, files, read, sources, pod } = await bench([{ name: "v", configMap: { name: "cm" } }]);
    await mounted.setUp(pod, signal);
    const [path] = await sources([{ name: "v", mountPath: "/x" }]);
    assert.deepEqual([await read(`${path}/a`), await read(`${path}/b`), await read(`${path}/bin`)], ["1", "2", "x"]);
    assert.equal(await files.readLink(`${path}/a`), "..data/a");
    assert.match((await files.readLink(`${path}/..data`)) ?? "", /^\.\.2026_01_01_00_00_00\.\d+$/);
    assert.equal((await files.stat(`${path}/a`))?.mode, 0o644);
    assert.deepEqual([...mounted.readOnlyNames], ["v"]);
  });
  it("take items, paths and modes", async () => {
    const items = [{ key: "a", path: "deep/er", mode: 0o400 }];
    const source = { name: "cm", items, defaultMode: 0o600 };
    const { mounted, files, sources, pod } = await bench([{ name: "v", configMap: source }]);
    await mounted.setUp(pod, signal);
    const [path] = await sources([{ name: "v" }]);
    assert.equal((await files.stat(`${path}/deep/er`))?.mode, 0o400);
    assert.equal(await files.stat(`${path}/b`), undefined);
    assert.equal(await files.readLink(`${path}/deep`), "..data/deep");
  });
  it("give the pod's group its access", async () => {
    const { mounted, files, sources, pod } = await bench(
      [{ name: "v", secret: { secretName: "sec", defaultMode: 0o400 } }],
      { securityContext: { fsGroup: 42 } },
    );
    await mounted.setUp(pod, signal);
    const [path] = await sources([{ name: "v" }]);
    const facts = await files.stat(`${path}/pw`);
    assert.deepEqual([facts?.mode, facts?.gid], [0o440, 42]);
    assert.match(path!, /^\/d\/pods-memory\//);
  });
  it("follow changes, and drop what is gone", async () => {
    const { mounted, references, files, read, sources, pod } = await bench([{ name: "v", configMap: { name: "cm" } }]);
    await mounted.setUp(pod, signal);
    const [path] = await sources([{ name: "v" }]);
    const before = await files.readLink(`${path}/..data`);
    mounted.refresh(pod);
    await settle();
    assert.equal(await files.readLink(`${path}/..data`), before);
    references.objects.set("ConfigMap/cm", { metadata: {}, data: { a: "9", c: "3" } } as object as {
      metadata: object;
    });
    mounted.refresh(pod);
    await settle();
    assert.deepEqual([await read(`${path}/a`), await read(`${path}/c`)], ["9", "3"]);
    assert.equal((await files.list(path!)).join(" "), `${await files.readLink(`${path}/..data`)} ..data a c`);
  });
  it("follow the pod's labels", async () => {
    const items = [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }];
    const { mounted, read, sources, pod } = await bench(
      [{ name: "v", downwardAPI: { items } }],
      {},
      { labels: { a: "1" } },
    );
    await mounted.setUp(pod, signal);
    const [path] = await sources([{ name: "v" }]);
    assert.equal(await read(`${path}/labels`), 'a="1"');
    mounted.refresh({ ...pod, metadata: { ...pod.metadata, labels: { a: "2" } } });
    await settle();
    assert.equal(await read(`${path}/labels`), 'a="2"');
  });
  it("combine sources", async () => {
    const sources = [
      { configMap: { name: "cm", items: [{ key: "a", path: "one" }] } },
      { secret: { name: "sec" } },
      { serviceAccountToken: { path: "token" } },
      { downwardAPI: { items: [{ path: "name", fieldRef: { fieldPath: "metadata.name" } }] } },
    ];
    const { mounted, read, sources: paths, pod } = await bench([{ name: "v", projected: { sources } }]);
    await mounted.setUp(pod, signal);
    const [path] = await paths([{ name: "v" }]);
    const found = await Promise.all(["one", "pw", "token", "name"].map((f) => read(`${path}/${f}`)));
    assert.deepEqual(found, ["1", "hush", `simulated.${testUid}`, "p"]);
  });
  const errors: [string, Volume, string][] = [
    ["missing config map", { name: "v", configMap: { name: "no" } }, 'configmap "no" not found'],
    ["missing secret", { name: "v", secret: { secretName: "no" } }, 'secret "no" not found'],
    [
      "missing key",
      { name: "v", configMap: { name: "cm", items: [{ key: "z", path: "z" }] } },
      "references non-existent config key: z",
    ],
    ["bad path", { name: "v", configMap: { name: "cm", items: [{ key: "a", path: "../z" }] } }, "invalid path: ../z"],
    [
      "unknown type",
      { name: "v", nfs: { server: "s", path: "/" } },
      "volumes of type nfs are not available on this node",
    ],
  ];
  for (const [name, volume, message] of errors)
    it(`fail with words: ${name}`, async () => {
      const { mounted, pod } = await bench([volume]);
      await assert.rejects(mounted.setUp(pod, signal), {
        message: `MountVolume.SetUp failed for volume "v" : ${message}`,
      });
    });
  it("an optional source may be missing, and appear later", async () => {
    const { mounted, references, read, sources, pod } = await bench([
      { name: "v", configMap: { name: "late", optional: true } },
    ]);
    await mounted.setUp(pod, signal);
    const [path] = await sources([{ name: "v" }]);
    references.objects.set("ConfigMap/late", { metadata: {}, data: { k: "v" } } as object as { metadata: object });
    mounted.refresh(pod);
    await settle();
    assert.equal(await read(`${path}/k`), "v");
  });
});

describe("tokens", () => {
  it("are renewed at four fifths of their life", async () => {
    const fake = fakeVolumeParts();
    const asked: object[] = [];
    const client = {
      post: async (_kind: object, key: object, _sub: string, body: { spec: object }) => {
        asked.push({ ...key, ...body.spec });
        return { status: { token: `t${asked.length}` } };
      },
    } as unknown as Client;
    const tokens = createTokens({
      client,
      clock: fake.clock,
      random: { next: () => 0, bytes: () => new Uint8Array() },
    });
    const parts = { ...fake.parts, tokens };
    const source = { sources: [{ serviceAccountToken: { path: "token", audience: "vault", expirationSeconds: 600 } }] };
    const pod = testPod({ volumes: [{ name: "v", projected: source }], serviceAccountName: "sa" });
    const mounted = new PodVolumes(parts, pod, () => assert.fail("refresh failed"), signal);
    await mounted.setUp(pod, signal);
    assert.deepEqual(asked, [
      {
        namespace: "ns",
        name: "sa",
        audiences: ["vault"],
        expirationSeconds: 600,
        boundObjectRef: { apiVersion: "v1", kind: "Pod", name: "p", uid: testUid },
      },
    ]);
    assert.equal(fake.clock.nextAt(), fake.clock.now() + 480_000);
    fake.clock.runNext(Infinity);
    await settle();
    const [path] = await mounted.mountSources(
      testContainer("c", { volumeMounts: [{ name: "v", mountPath: "/v" }] }),
      () => "",
    );
    assert.equal(Buffer.from((await fake.files.readFile(`${path}/token`, 99))!).toString(), "t2");
    mounted.leave();
    assert.equal(fake.clock.nextAt(), undefined);
  });
});

describe("emptyDir, hostPath and sub-paths", () => {
  it("emptyDir is open to all, and its group's", async () => {
    const { mounted, files, sources, pod } = await bench([{ name: "v" }], { securityContext: { fsGroup: 7 } });
    await mounted.setUp(pod, signal);
    const [path] = await sources([{ name: "v" }]);
    const facts = await files.stat(path!);
    assert.deepEqual([facts?.mode, facts?.gid], [0o2777, 7]);
    assert.deepEqual([...mounted.readOnlyNames], []);
  });
  it("emptyDir in memory is mounted once, and unmounted with the pod", async () => {
    const { mounted, files, parts, pod } = await bench([{ name: "v", emptyDir: { medium: "Memory" } }]);
    await mounted.setUp(pod, signal);
    await new PodVolumes(parts, pod, () => undefined, signal).setUp(pod, signal);
    assert.equal(files.mounts.size, 1);
    await mounted.tearDown(signal);
    assert.equal(files.mounts.size, 0);
    assert.equal(await files.stat(`/d/pods/${testUid}`), undefined);
  });
  const checks: [string, string, string | undefined][] = [
    ["", "/none", undefined],
    ["Directory", "/none", "hostPath type check failed: /none is not a directory"],
    ["DirectoryOrCreate", "/made", undefined],
    ["File", "/", "hostPath type check failed: / is not a file"],
    ["FileOrCreate", "/file", undefined],
    ["FileOrCreate", "/none/file", "open /none/file: no such file or directory"],
    ["Socket", "/none", "hostPath type check failed: /none is not a socket file"],
    ["BlockDevice", "/", "hostPath type check failed: / is not a block device"],
    ["Odd", "/", "hostPath type check failed: Odd is an invalid volume type"],
  ];
  for (const [type, path, message] of checks)
    it(`hostPath ${type || "unchecked"} ${path}`, async () => {
      const { mounted, sources, pod } = await bench([{ name: "v", hostPath: { path, type } }]);
      if (message === undefined) {
        await mounted.setUp(pod, signal);
        assert.deepEqual(await sources([{ name: "v" }]), [path]);
      } else
        await assert.rejects(mounted.setUp(pod, signal), {
          message: `MountVolume.SetUp failed for volume "v" : ${message}`,
        });
    });
  it("sub-paths are mounted, with variables expanded", async () => {
    const { mounted, files, sources, pod } = await bench([{ name: "v" }]);
    await mounted.setUp(pod, signal);
    const [path] = await sources([{ name: "v", subPathExpr: "logs/$(POD)" }], { POD: "p1" });
    assert.equal(path, `/d/pods/${testUid}/volume-subpaths/v/c/0`);
    assert.match(files.mounts.get(path) ?? "", /\/v\/logs\/p1$/);
    await mounted.tearDown(signal);
    assert.equal(files.mounts.size, 0);
  });
  const refused: [Partial<VolumeMount>, RegExp][] = [
    [{ subPath: "/abs" }, /must not be an absolute path/],
    [{ subPath: "a/../../b" }, /must not contain '\.\.'/],
    [{ subPathExpr: "$(NONE)" }, /missing value for "NONE"/],
    [{ name: "other" }, /cannot find volume "other"/],
  ];
  for (const [mount, message] of refused)
    it(`refuses ${JSON.stringify(mount)}`, async () => {
      const { mounted, sources, pod } = await bench([{ name: "v" }]);
      await mounted.setUp(pod, signal);
      await assert.rejects(sources([{ name: "v", ...mount }]), { message, reason: "CreateContainerConfigError" });
    });
});
