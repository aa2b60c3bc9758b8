import assert from "node:assert/strict";
import { test } from "node:test";
import { decompressorFor, fullImageName, parseImageList } from "./images.ts";

test("short image names mean what they mean in a pod", () => {
  for (const [short, full] of [
    ["redis", "docker.io/library/redis:latest"],
    ["redis:7", "docker.io/library/redis:7"],
    ["team/app", "docker.io/team/app:latest"],
    ["localhost/app", "localhost/app:latest"],
    ["localhost:5000/app:1", "localhost:5000/app:1"],
    ["registry.example.com/team/app", "registry.example.com/team/app:latest"],
    ["app@sha256:0123", "docker.io/library/app@sha256:0123"],
  ] as const)
    assert.equal(fullImageName(short), full, short);
});

test("the listing of images", () => {
  const table = [
    "REF                            TYPE                                       DIGEST             SIZE      PLATFORMS   LABELS ",
    "docker.io/library/redis:7      application/vnd.oci.image.manifest.v1+json sha256:00aa        43.2 MiB  linux/amd64 io.cri-containerd.image=managed ",
    "sha256:11bb                    application/vnd.oci.image.manifest.v1+json sha256:00aa        43.2 MiB  linux/amd64 - ",
    "",
  ].join("\n");
  assert.deepEqual(parseImageList(table), [
    { name: "docker.io/library/redis:7", digest: "sha256:00aa", size: "43.2 MiB" },
  ]);
  assert.deepEqual(parseImageList("REF TYPE DIGEST SIZE PLATFORMS LABELS\n"), []);
});

test("compressed archives are known by their first bytes", () => {
  assert.equal(decompressorFor(Buffer.from("oci-layout")), undefined);
  assert.equal(decompressorFor(Buffer.alloc(0)), undefined);
  assert.match(decompressorFor(Buffer.from([0x1f, 0x8b, 8]))!.constructor.name, /Gunzip/);
  assert.match(decompressorFor(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]))!.constructor.name, /Zstd/);
});
