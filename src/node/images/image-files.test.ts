import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryFiles } from "#node/host/memory-files.ts";
import { testPod } from "#node/pod/pod.fake.ts";
import { FakeReferences } from "#node/volumes/volumes.fake.ts";
import { createImageFiles } from "./image-files.ts";
import type { ImageOutcome, ImageRequest } from "./images.ts";

const signal = AbortSignal.timeout(10_000);
const pod = testPod();
const path = "/d/pods/u/volumes/kubernetes.io~image/v";
function bench(outcome: ImageOutcome) {
  const asked: ImageRequest[] = [];
  const released: string[] = [];
  const files = new MemoryFiles();
  const imageFiles = createImageFiles({
    images: {
      ensure: async (request) => {
        asked.push(request);
        return outcome;
      },
    },
    runtime: {
      imageMounts: async (image, key) => [{ type: "overlay", source: `${image} ${key}`, options: ["ro"] }],
      releaseImage: async (key) => void released.push(key),
    },
    files,
    references: new FakeReferences(),
  });
  return { imageFiles, files, asked, released };
}
const source = { reference: "registry/files:1", pullPolicy: "Always" } as const;

test("the image is brought by its policy, mounted once, and released", async () => {
  const { imageFiles, files, asked, released } = bench({ ok: true, ref: "sha256:1", facts: undefined });
  await imageFiles.mount({ pod, name: "v", source, path }, signal);
  await imageFiles.mount({ pod, name: "v", source, path }, signal);
  assert.deepEqual(
    asked.map(({ container }) => [container.image, container.imagePullPolicy]),
    [["registry/files:1", "Always"]],
  );
  assert.deepEqual([...files.mounts], [[path, `sha256:1 volume:${path}`]]);
  await imageFiles.unmount(path, signal);
  assert.deepEqual([[...files.mounts], released], [[], [`volume:${path}`]]);
});

test("what cannot be had says why", async () => {
  const failure = { reason: "ErrImagePull", message: "no such image", retryAt: 0 };
  const { imageFiles, files } = bench({ ok: false, failure });
  await assert.rejects(imageFiles.mount({ pod, name: "v", source, path }, signal), {
    message: "ErrImagePull: no such image",
  });
  assert.equal(files.mounts.size, 0);
});
