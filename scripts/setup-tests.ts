// Everything the tests need beyond npm packages: system packages, kubectl binaries and container images. Costs nothing
// when it is all there.
import { findProgram, installPackages, missingTools } from "#cluster/machine/packages.ts";
import { testImageArchive, testImages } from "../test/support/test-images.ts";
import { helmPath, kubectlPath, kubectlReleases } from "../test/support/tools.ts";

if (process.getuid?.() !== 0) {
  console.error(
    "npm test needs root: the real tests start containerd, containers and network namespaces. Run it as root, or 'npm run ok' for the rest.",
  );
  process.exit(1);
}
const extra = { etcd: "etcd-server", curl: "curl", tar: "tar", ldconfig: "libc-bin" };
const missing = missingTools();
const required = [
  ...missing.required,
  ...Object.entries(extra).flatMap(([program, name]) => (findProgram(program) ? [] : [name])),
];
if (required.length || missing.optional.length) {
  console.log(`# installing system packages: ${[...required, ...missing.optional].join(" ")}`);
  const onProgress = (): void => undefined;
  await installPackages({ required, optional: missing.optional }, { onProgress, signal: new AbortController().signal });
}
for (const release of kubectlReleases) kubectlPath(release);
helmPath();
for (const image of testImages) testImageArchive(image);
console.log("# tests are set up");
