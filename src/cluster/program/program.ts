// Which program this is: the checkout, the entry file that runs now (source or bundle), and the Node that runs it.
import { fileURLToPath } from "node:url";
import packageFile from "../../../package.json" with { type: "json" };

export interface Program {
  /** The checkout. */
  readonly root: string;
  /** Where the bundle and Node's compile cache are kept. */
  readonly cache: string;
  readonly node: string;
  /** src/main.ts or a bundle's main.js. */
  readonly entry: string;
  readonly version: string;
}

export const version: string = packageFile.version;
/** Of the API that the server speaks. */
export const kubernetesVersion = "v1.36.0";

export function thisProgram(env: NodeJS.ProcessEnv, execPath: string, entry: string): Program {
  const root = env["TIMONIER_ROOT"] ?? fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
  return { root, cache: env["TIMONIER_CACHE"] ?? `${root}/.cache`, node: execPath, entry, version };
}

export const runsFromSource = (program: Pick<Program, "entry">): boolean => program.entry.endsWith(".ts");
