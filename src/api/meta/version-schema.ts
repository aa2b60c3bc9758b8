// The answer of /version, as OpenAPI documents describe it.
import { message, optional, required, string } from "#api/schema.ts";

export const VersionInfo = message("io.k8s.apimachinery.pkg.version.Info", "Which program this server is.", {
  major: required(0, string, "First number of the API's version."),
  minor: required(0, string, "Second number of the API's version."),
  emulationMajor: optional(0, string, "First number of the version that the server behaves as."),
  emulationMinor: optional(0, string, "Second number of the version that the server behaves as."),
  minCompatibilityMajor: optional(0, string, "First number of the oldest version it goes together with."),
  minCompatibilityMinor: optional(0, string, "Second number of the oldest version it goes together with."),
  gitVersion: required(0, string, "The whole version, for example v1.36.0."),
  gitCommit: required(0, string, "Commit that it was made from."),
  gitTreeState: required(0, string, "Whether that commit was all: clean or dirty."),
  buildDate: required(0, string, "When it was made."),
  goVersion: required(0, string, "Runtime that it runs on."),
  compiler: required(0, string, "What runs its code."),
  platform: required(0, string, "Operating system and processor."),
});
