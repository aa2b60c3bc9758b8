// "/": every path that this server answers, as a list; people and tools look around with it.
import type { AnyKind } from "#api/kind.ts";
import { apiVersionOf } from "#api/kind.ts";
import type { PathHandler } from "#server/dispatch.ts";

const fixed = [
  "/.well-known/openid-configuration",
  "/api",
  "/apis",
  "/apis/",
  "/healthz",
  "/livez",
  "/metrics",
  "/openapi/v2",
  "/openapi/v3",
  "/openapi/v3/",
  "/openid/v1/jwks",
  "/readyz",
  "/version",
];
const pathsOf = (kind: AnyKind): string[] =>
  kind.group ? [`/apis/${kind.group}`, `/apis/${apiVersionOf(kind)}`] : [`/api/${kind.version}`];

/** `checks` are the paths of health checks, one each. */
export const rootPath =
  (kinds: () => readonly AnyKind[], checks: readonly string[]): PathHandler =>
  (call) => {
    if (call.path !== "/" && call.path !== "/index.html") return undefined;
    const paths = [...new Set([...fixed, ...checks, ...kinds().flatMap(pathsOf)])].toSorted();
    const body = `${JSON.stringify({ paths }, null, 2)}`;
    return { type: "raw", code: 200, contentType: "application/json", body };
  };
