// What the queries of exec, attach, port-forward and log ask for, checked, and as the node's server is asked. Pure.
import { badRequest, invalid } from "#api/errors.ts";
import { forbiddenValue, invalidValue, notSupported, type FieldError } from "#api/field-error.ts";
import type { Pod } from "#api/core/pod.ts";
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

export function portForwardQuery(query: URLSearchParams): URLSearchParams {
  const ports = query.getAll("ports").flatMap((text) => text.split(","));
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

const streams = ["All", "Stdout", "Stderr"];

/** For log; `name` is the pod's. */
export function logQuery(query: URLSearchParams, name: string): URLSearchParams {
  const errors: FieldError[] = [];
  const tailLines = integer(query, "tailLines");
  const limitBytes = integer(query, "limitBytes");
  const sinceSeconds = integer(query, "sinceSeconds");
  const sinceTime = query.get("sinceTime");
  const stream = query.get("stream");
  if (tailLines !== undefined && tailLines < 0)
    errors.push(invalidValue("tailLines", tailLines, "must be greater than or equal to 0"));
  if (limitBytes !== undefined && limitBytes < 1)
    errors.push(invalidValue("limitBytes", limitBytes, "must be greater than 0"));
  if (sinceSeconds !== undefined && sinceTime !== null)
    errors.push(forbiddenValue("", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
  else if (sinceSeconds !== undefined && sinceSeconds < 1)
    errors.push(invalidValue("sinceSeconds", sinceSeconds, "must be greater than 0"));
  if (stream !== null && !streams.includes(stream)) errors.push(notSupported("stream", stream, streams));
  else if (stream !== null && stream !== "All" && tailLines !== undefined)
    errors.push(forbiddenValue("", "`tailLines` and specific `stream` are mutually exclusive for now"));
  if (errors.length > 0) throw invalid({ group: "", kind: "PodLogOptions" }, name, errors);
  if (sinceTime !== null && Number.isNaN(Date.parse(sinceTime)))
    throw badRequest(`parsing time ${JSON.stringify(sinceTime)} as RFC 3339 failed`);
  const node = new URLSearchParams();
  for (const option of ["follow", "previous", "timestamps"]) if (flag(query, option)) node.set(option, "true");
  for (const option of ["sinceSeconds", "sinceTime", "tailLines", "limitBytes", "stream"]) {
    const value = query.get(option);
    if (value !== null) node.set(option, value);
  }
  return node;
}
