// Upstream's kube-apiserver and etcd, built once from the Go module proxy into .cache/bench: Kubernetes asks who builds it
// to name the versions of its staging modules, so a small module is made that does.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const release = "v1.36.0";
const stagingRelease = release.replace(/^v1/, "v0");
const etcdRelease = "v3.6.8";

export interface UpstreamPrograms {
  readonly apiServer: string;
  readonly etcd: string;
}

function go(folder: string, ...args: readonly string[]): string {
  const { status, stdout, error } = spawnSync("go", args, {
    cwd: folder,
    env: { ...process.env, GOFLAGS: "-mod=mod", CGO_ENABLED: "0" },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`go ${args.join(" ")} failed`, { cause: error });
  return stdout;
}
const hasGo = (): boolean => spawnSync("go", ["version"]).status === 0;

/** The go.mod of a module that depends on Kubernetes as Kubernetes depends on itself. Pure. */
export function moduleText(kubernetesGoMod: string): string {
  const staging = [...kubernetesGoMod.matchAll(/^\s*(k8s\.io\/\S+) => \.\/staging\//gm)].map(([, name]) => name!);
  const language = /^go \S+$/m.exec(kubernetesGoMod)![0];
  const others = [...kubernetesGoMod.matchAll(/^(?:require )?\s*(\S+\.\S+\/\S+) (v\S+)/gm)].filter(
    ([, name]) => !staging.includes(name!),
  );
  return [
    "module bench",
    language,
    `require k8s.io/kubernetes ${release}`,
    ...others.map(([, name, version]) => `require ${name} ${version}`),
    ...staging.map((name) => `replace ${name} => ${name} ${stagingRelease}`),
    "",
  ].join("\n");
}

function build(cache: string, program: string, goMod: (folder: string) => string, path: string): string {
  const target = join(cache, "bin", program);
  if (existsSync(target)) return target;
  console.log(`# building ${program} in ${cache} (once; minutes)`);
  const folder = join(cache, program);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "go.mod"), "module bench\n");
  writeFileSync(join(folder, "go.mod"), goMod(folder));
  go(folder, "build", "-o", target, path);
  return target;
}

/** Undefined where they are not built yet and cannot be. */
export function upstreamPrograms(root: string): UpstreamPrograms | undefined {
  const cache = join(root, ".cache/bench");
  const isBuilt = ["kube-apiserver", "etcd"].every((name) => existsSync(join(cache, "bin", name)));
  if (!isBuilt && !hasGo()) return undefined;
  const kubernetes = (folder: string): string => {
    const { GoMod } = JSON.parse(go(folder, "mod", "download", "-json", `k8s.io/kubernetes@${release}`)) as {
      GoMod: string;
    };
    return moduleText(readFileSync(GoMod, "utf8"));
  };
  const etcd = (): string => `module bench\ngo 1.25\nrequire go.etcd.io/etcd/server/v3 ${etcdRelease}\n`;
  return {
    apiServer: build(cache, "kube-apiserver", kubernetes, "k8s.io/kubernetes/cmd/kube-apiserver"),
    etcd: build(cache, "etcd", etcd, "go.etcd.io/etcd/server/v3"),
  };
}
