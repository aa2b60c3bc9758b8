// Requests that follow from the operations of OpenAPI documents: each operation with good and bad parameters, each of its
// media types, and bodies from its schema. Good and bad are mixed, so that some get deep into the server.
import { encodeMessage } from "#api/protobuf.ts";
import { emitYaml } from "#api/yaml.ts";
import { kinds } from "#api/kinds.ts";
import { apiVersionOf } from "#api/kind.ts";
import { isObject } from "#api/json.ts";
import { garbled } from "./bytes.ts";
import type { Chance } from "./chance.ts";
import { patchOf, patchTypes, type PatchType } from "./patches.ts";
import { parameterText, valueFor, type Operation, type Parameter } from "./openapi-operations.ts";
import type { FuzzRequest } from "./request.ts";
import { hostileTexts } from "./scalars.ts";
import { seedObject } from "./seed-objects.ts";

/** Groups whose objects change what the server does with everybody's requests: nothing of these is stored. */
const powerful = new Set([
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "flowcontrol.apiserver.k8s.io",
  "rbac.authorization.k8s.io",
]);
const accepts = [
  "application/json",
  "application/yaml",
  "application/vnd.kubernetes.protobuf",
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
  "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json",
  "*/*",
];
const bodyTypes = ["application/json", "application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

/** Requests to one operation: one for each media type of its body, each with other parameters. */
export async function requestsTo(chance: Chance, operation: Operation): Promise<FuzzRequest[]> {
  const { method, bodies } = operation;
  const types = method === "PATCH" ? Object.keys(bodies) : Object.keys(bodies).length > 0 ? bodyTypes.slice(1) : [""];
  const requests: FuzzRequest[] = [];
  for (const type of types) requests.push(await requestTo(chance, operation, type));
  return requests;
}
async function requestTo(chance: Chance, operation: Operation, type: string): Promise<FuzzRequest> {
  const headers: Record<string, string> = chance.oneIn(2) ? { accept: chance.pick(accepts) } : {};
  const request = { method: operation.method, url: `${pathOf(chance, operation)}${queryOf(chance, operation, type)}` };
  if (type === "" || (operation.method === "DELETE" && chance.oneIn(2))) return { ...request, headers };
  const body = await bodyOf(chance, operation, type);
  const bytes = chance.oneIn(15) ? garbled(chance, body) : body;
  return { ...request, headers: { ...headers, "content-type": type }, body: bytes };
}

const kindOf = ({ kind: of }: Operation) =>
  of && kinds.find((k) => k.kind === of.kind && k.group === of.group && k.version === of.version);
const text = (value: string): string => encodeURIComponent(value.toWellFormed());

function pathOf(chance: Chance, operation: Operation): string {
  const kind = kindOf(operation);
  const seeded = kind && (seedObject(kind, "a") as { metadata?: { name?: string } } | undefined)?.metadata?.name;
  return operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (chance.oneIn(50)) return text(chance.pick(hostileTexts)) || "x";
    if (name === "namespace") return chance.oneIn(20) ? "missing" : "default";
    return chance.oneIn(5) ? chance.pick(["b", "c", "none"]) : (seeded ?? "a");
  });
}
/** Whether an operation may do what it says: where it must not, it is only tried. */
const isTried = ({ action, group, path }: Operation): boolean =>
  action === "deletecollection" || powerful.has(group) || /^\/api\/v1\/namespaces\/\{name\}$/.test(path);

function queryOf(chance: Chance, operation: Operation, type: string): string {
  const query = new URLSearchParams();
  const isTrial = isTried(operation) && operation.method !== "GET";
  for (const parameter of operation.parameters) {
    if (parameter.in !== "query" || isForced(parameter, isTrial, type) || !chance.oneIn(3)) continue;
    query.append(parameter.name, parameterText(chance, parameter));
    if (chance.oneIn(30)) query.append(parameter.name, parameterText(chance, parameter));
  }
  if (isTrial) query.set("dryRun", "All");
  if (type === "application/apply-patch+yaml") query.set("fieldManager", "m");
  const written = query.toString();
  return written ? `?${written}` : "";
}
const isForced = ({ name }: Parameter, isTrial: boolean, type: string): boolean =>
  (isTrial && name === "dryRun") || (name === "fieldManager" && type === "application/apply-patch+yaml");

async function bodyOf(chance: Chance, operation: Operation, type: string): Promise<Uint8Array> {
  const { bodies, schemas } = operation;
  const schema = bodies[type] ?? Object.values(bodies)[0] ?? {};
  const kind = kindOf(operation);
  const seed = kind && seedObject(kind, "a");
  const made = valueFor(chance, schema, schemas, chance.pick([1_000, 200, 40]));
  const value = isObject(made) && seed && !chance.oneIn(3) ? mixed(chance, seed, made) : made;
  if ((patchTypes as readonly string[]).includes(type)) {
    const patch = kind ? patchOf(chance, type as PatchType, kind, (seed ?? {}) as Record<string, unknown>) : value;
    return Buffer.from(
      type.endsWith("yaml") && chance.oneIn(2) ? await emitYaml(patch) : (JSON.stringify(patch) ?? ""),
    );
  }
  try {
    if (type === "application/yaml") return Buffer.from(await emitYaml(value));
    if (type === "application/vnd.kubernetes.protobuf" && kind) {
      const head = { apiVersion: apiVersionOf(kind), kind: kind.kind };
      const bytes = encodeMessage(kind.schema, (seed ?? value) as object, head);
      return chance.oneIn(2) ? garbled(chance, bytes) : bytes;
    }
  } catch {
    // What one form cannot say is sent in another, which is then the wrong one.
  }
  return Buffer.from(JSON.stringify(value) ?? "");
}
/** A good object, some of whose members are others'. */
function mixed(chance: Chance, seed: object, made: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = { ...seed };
  for (const [key, value] of Object.entries(made)) {
    const before = out[key];
    if (isObject(before) && isObject(value)) out[key] = mixed(chance, before, value);
    else if (chance.oneIn(3)) out[key] = value;
  }
  return out;
}
