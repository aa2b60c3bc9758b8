// Unpacks Debian packages with all that they depend on into a directory: enough of a system to run their programs.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
  copyFileSync,
} from "node:fs";
import { join } from "node:path";

const unneeded = ["doc", "man", "locale", "info", "lintian", "bug", "doc-base"];
const merged = ["bin", "sbin", "lib", "lib64"];

/** Downloads `packages` and their dependencies into `into`; nothing of the machine's own state is used or changed. */
export function downloadPackages(packages: readonly string[], into: string): readonly string[] {
  mkdirSync(join(into, "partial"), { recursive: true });
  const status = join(into, "status");
  writeFileSync(status, "");
  const options = [
    ...["-o", `Dir::State::status=${status}`, "-o", `Dir::Cache::archives=${into}`, "-o", "APT::Sandbox::User=root"],
    ...["-o", "APT::Install-Recommends=0", "-o", "Debug::NoLocking=1"],
  ];
  execFileSync("apt-get", ["-y", "-qq", ...options, "--download-only", "install", ...packages], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return readdirSync(into)
    .filter((file) => file.endsWith(".deb"))
    .map((file) => join(into, file));
}

/** Makes a root file system in `out`. Essential packages that nothing depends on (dash, base-files …) must be named. */
export function makeDebianRootfs(packages: readonly string[], out: string, cache: string): void {
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  for (const deb of downloadPackages(packages, cache)) execFileSync("dpkg-deb", ["-x", deb, out]);
  rmSync(cache, { recursive: true, force: true });
  for (const name of unneeded) rmSync(join(out, "usr/share", name), { recursive: true, force: true });
  for (const dir of ["tmp", "proc", "sys", "dev", "run", "etc", "root", "var/run", "var/log", "data"])
    mkdirSync(join(out, dir), { recursive: true });
  chmodSync(join(out, "tmp"), 0o1777);
  if (!existsSync(join(out, "bin")))
    for (const dir of merged) {
      mkdirSync(join(out, "usr", dir), { recursive: true });
      symlinkSync(`usr/${dir}`, join(out, dir));
    }
  const accounts = join(out, "usr/share/base-passwd");
  if (existsSync(join(accounts, "passwd.master"))) {
    copyFileSync(join(accounts, "passwd.master"), join(out, "etc/passwd"));
    copyFileSync(join(accounts, "group.master"), join(out, "etc/group"));
  }
  if (!existsSync(join(out, "bin/sh"))) symlinkSync("dash", join(out, "bin/sh"));
  execFileSync("ldconfig", ["-r", out]);
}
