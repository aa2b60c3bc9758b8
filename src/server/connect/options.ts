// What the queries of exec, attach, port-forward and log ask for, checked, and as the node's server is asked. Pure.
import { badRequest, invalid } from "#api/errors.ts";
import { forbiddenValue, invalidValue, type FieldError } from "#api/field-error.ts";
import type { Pod } from "#api/core/pod.ts";
import { parseTime, TimeError } from "#api/time.ts";
import { flag } from "#server/stages/route.ts";

/** Main containers first, as upstream lists them: init containers, containers, ephemeral containers. */
function containerNames(pod: Pod): readonly string[] {
  const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec;
  return [...initContainers, ...containers, ...ephemeralContainers].map((container) => container.name);
}

/** The container that is asked for, or the only one. */
export function containerOf(pod: Pod, asked: string): string {
  const podName = pod.metadata.name ?? "";
  const names = containerNames(pod);
  if (asked !== "") {
    if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${podName}`);
    return asked;
  }
  const [only, ...more] = pod.spec.containers;
  if (!only) throw badRequest(`a container name must be specified for pod ${podName}`);
  if (more.length > 0)
    throw badRequest(`a container name must be specified for pod ${podName}, choose one of: [${names.join(" ")}]`);
  return only.name;
}

/** For exec and attach. */
export function streamQuery(query: URLSearchParams): URLSearchParams {
  const node = new URLSearchParams();
  for (const [ours, theirs] of [
    ["stdin", "input"],
    ["stdout", "output"],
    ["stderr", "error"],
    ["tty", "tty"],
  ] as const)
    if (flag(query, ours)) node.set(theirs, "1");
  for (const word of query.getAll("command")) node.append("command", word);
  return node;
}

/** Of a port-forward over WebSockets; throws BadRequest. */
function portsOf(query: URLSearchParams): string[] {
  const ports = query.getAll("ports").flatMap((text) => text.split(","));
  for (const port of ports) {
    const refused = (why: string): Error =>
      badRequest(`cannot convert to []int32: strconv.ParseUint: parsing ${JSON.stringify(port)}: ${why}`);
    if (!/^\d+$/.test(port)) throw refused("invalid syntax");
    if (Number(port) > 0xffff) throw refused("value out of range");
  }
  return ports;
}

export function portForwardQuery(query: URLSearchParams): URLSearchParams {
  const ports = portsOf(query);
  const node = new URLSearchParams();
  if (ports.length > 0) node.set("port", ports.join(","));
  return node;
}

function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^[+-]?\d{1,18}$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function checkTime(text: string): void {
  try {
    parseTime(text);
  } catch (error) {
    if (!(error instanceof TimeError)) throw error;
    throw badRequest(error.message);
  }
}

/** For log; `name` is the pod's. */
export function logQuery(query: URLSearchParams, name: string): URLSearchParams {
  const errors: FieldError[] = [];
  const tailLines = integer(query, "tailLines");
  const limitBytes = integer(query, "limitBytes");
  const sinceSeconds = integer(query, "sinceSeconds");
  const sinceTime = query.get("sinceTime");
  const stream = query.get("stream");
  if (sinceTime !== null) checkTime(sinceTime);
  if (tailLines !== undefined && tailLines < 0)
    errors.push(invalidValue("tailLines", tailLines, "must be greater than or equal to 0"));
  if (limitBytes !== undefined && limitBytes < 1)
    errors.push(invalidValue("limitBytes", limitBytes, "must be greater than 0"));
  if (sinceSeconds !== undefined && sinceTime !== null)
    errors.push(forbiddenValue("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
  else if (sinceSeconds !== undefined && sinceSeconds < 1)
    errors.push(invalidValue("sinceSeconds", sinceSeconds, "must be greater than 0"));
  // The feature (PodLogsQuerySplitStreams) is not on by default.
  if (stream !== null) errors.push(forbiddenValue("stream", "may not be specified"));
  if (errors.length > 0) throw invalid({ group: "", kind: "PodLogOptions" }, name, errors);
  const node = new URLSearchParams();
  for (const option of ["follow", "previous", "timestamps"]) if (flag(query, option)) node.set(option, "true");
  for (const option of ["sinceSeconds", "sinceTime", "tailLines", "limitBytes"]) {
    const value = query.get(option);
    if (value !== null) node.set(option, value);
  }
  return node;
}
