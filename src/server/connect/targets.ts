// Where a proxied request goes: the address and port behind a node, a pod or a Service. Pure.
import { isIP } from "node:net";
import { ApiError, badRequest } from "#api/errors.ts";
import type { Node } from "#api/core/node.ts";
import type { Pod } from "#api/core/pod.ts";
import type { Service } from "#api/core/service.ts";
import type { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import type { Random } from "#base/random.ts";

export interface NamedPort {
  readonly scheme: "http" | "https";
  readonly name: string;
  /** A number or a name; "" when not given. */
  readonly port: string;
}
/** "name", "name:port" or "scheme:name:port"; `what` names the resource in the error. */
export function parseNamedPort(id: string, what: "pod" | "service" | "node"): NamedPort {
  const parts = id.split(":");
  const [scheme = "", name = "", port = ""] =
    parts.length === 1
      ? ["", id]
      : parts.length === 2
        ? ["", ...parts]
        : parts.map((p, i) => (i ? p : p.toLowerCase()));
  if (parts.length > 3 || name === "" || !["", "http", "https"].includes(scheme))
    throw badRequest(`invalid ${what} request ${JSON.stringify(id)}`);
  return { scheme: scheme === "https" ? "https" : "http", name, port };
}

/** An address and port as they stand in a URL. */
export const hostPort = (address: string, port: number | string): string => {
  const host = isIP(address) === 6 ? `[${address}]` : address;
  return port === "" ? host : `${host}:${port}`;
};

const addressTypes = ["InternalIP", "ExternalIP", "InternalDNS", "Hostname", "ExternalDNS"];
const usualPort = 10_250;

/** host:port of the node's own server. */
export function nodeServerOf(node: Node): { readonly host: string; readonly port: number } {
  const addresses = node.status.addresses ?? [];
  const found = addressTypes.flatMap((type) => addresses.find((a) => a.type === type) ?? [])[0];
  if (!found) {
    const known = addresses.map((a) => `${a.type}=${a.address}`).join(" ");
    // Upstream calls this an internal error; it is no fault of the server's, and a client must not fill the log with it.
    throw new ApiError("ServiceUnavailable", `no preferred addresses found; known addresses: [${known}]`);
  }
  return { host: found.address, port: node.status.daemonEndpoints?.kubeletEndpoint?.Port || usualPort };
}

/** Not loopback, not link-local, not multicast: nothing that only this machine or a cloud's metadata service has. */
function isForwardable(address: string): boolean {
  if (isIP(address) === 4) return !/^(0\.|127\.|169\.254\.|22[4-9]\.|23\d\.|255\.255\.255\.255$)/.test(address);
  return isIP(address) === 6 && !/^(::1?$|fe[89ab]|ff)/i.test(address);
}

/** host:port of a pod; without a port its first declared one. */
export function podTarget(pod: Pod, port: string): string {
  const address = pod.status.podIPs?.[0]?.ip ?? pod.status.podIP ?? "";
  if (!isForwardable(address)) throw badRequest("address not allowed");
  const first = pod.spec.containers.find((container) => container.ports?.length)?.ports?.[0]?.containerPort;
  return hostPort(address, port === "" ? (first ?? "") : port);
}

export const noEndpoints = (id: string): ApiError =>
  new ApiError("ServiceUnavailable", `no endpoints available for service ${JSON.stringify(id)}`);

export interface ServiceEndpoint {
  readonly address: string;
  readonly port: number;
  /** The pod it claims to be. */
  readonly pod: string;
}
/** Ready endpoints of a Service's port, in random order; `id` is the name as asked for. */
export function serviceEndpoints(
  service: Service,
  slices: readonly EndpointSlice[],
  asked: NamedPort,
  id: string,
  random: Random,
): readonly ServiceEndpoint[] {
  let portName = asked.port;
  if (/^\d+$/.test(asked.port)) {
    const declared = service.spec.ports?.find((port) => port.port === Number(asked.port));
    if (!declared) {
      const why = `no service port ${asked.port} found for service ${JSON.stringify(asked.name)}`;
      throw new ApiError("ServiceUnavailable", why);
    }
    portName = declared.name ?? "";
  }
  const found = slices.flatMap((slice) => {
    const port = (slice.ports ?? []).find((p) => (p.name ?? "") === portName)?.port;
    if (port === undefined || port === null) return [];
    return (slice.endpoints ?? [])
      .filter((endpoint) => endpoint.conditions?.ready !== false && endpoint.targetRef?.kind === "Pod")
      .map((endpoint) => ({ address: endpoint.addresses[0] ?? "", port, pod: endpoint.targetRef?.name ?? "" }));
  });
  if (found.length === 0) throw noEndpoints(id);
  const start = Math.floor(random.next() * found.length);
  return [...found.slice(start), ...found.slice(0, start)];
}
