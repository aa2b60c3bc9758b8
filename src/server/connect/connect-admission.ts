// Connections to pods, services and nodes pass admission too, as the operation CONNECT; what is admitted are the options
// of the connection, which the query holds.
import type { AdmissionRequest } from "#server/admission/admission.ts";
import type { ApiContext, ResourceCall } from "#server/api-context.ts";
import type { RequestInfo } from "#server/pipeline.ts";
import { annotating } from "#server/verbs/write-request.ts";
import { flag } from "#server/stages/route.ts";
import type { KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";

type Read = (query: URLSearchParams, info: RequestInfo) => object;
const streams: Read = (query) => ({
  ...Object.fromEntries(["stdin", "stdout", "stderr", "tty"].flatMap((n) => (flag(query, n) ? [[n, true]] : []))),
  ...(query.get("container") ? { container: query.get("container") } : {}),
});
const path: Read = (_, { rest }) => ({ path: `/${rest}` });
const options: Readonly<Record<string, readonly [kind: string, read: Read]>> = {
  "pods/exec": ["PodExecOptions", (query, info) => ({ ...streams(query, info), command: query.getAll("command") })],
  "pods/attach": ["PodAttachOptions", streams],
  "pods/portforward": [
    "PodPortForwardOptions",
    (query) => ({ ports: query.getAll("ports").flatMap((ports) => ports.split(",").map(Number)) }),
  ],
  "pods/proxy": ["PodProxyOptions", path],
  "services/proxy": ["ServiceProxyOptions", path],
  "nodes/proxy": ["NodeProxyOptions", path],
};

/** Nothing for what is no connection. Throws what plugins throw. */
export async function admitConnection(context: ApiContext, call: ResourceCall): Promise<void> {
  const { served, info, signal } = call;
  const known = served.of.group === "" ? options[`${served.of.plural}/${info.subresource}`] : undefined;
  if (!known) return;
  const [kind, read] = known;
  const request: AdmissionRequest = {
    operation: "CONNECT",
    of: served.of,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    object: { kind, apiVersion: "v1", ...read(call.query, info) } as Draft<KubeObject>,
    old: undefined,
    user: call.user,
    dryRun: false,
    options: {},
    warn: (text) => void call.warnings.push(text),
    ...annotating(call),
  };
  await context.admission.admit(request, signal);
  await context.admission.validate(request, signal);
}
