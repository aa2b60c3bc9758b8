// The query options of reads and writes, and their rules. Texts are upstream's.
import { badRequest, invalid, type ApiError } from "#api/errors.ts";
import {
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  tooLong,
  type FieldError,
} from "#api/field-error.ts";
import type { Call } from "./pipeline.ts";
import { flag } from "./stages/route.ts";

const refuse = (options: string, errors: readonly FieldError[]): ApiError =>
  invalid({ group: "meta.k8s.io", kind: options }, "", errors);

/** A whole number of 64 bits in a query, or undefined when there is none. */
export function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const refused = (why: string): ApiError => badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`);
  if (!/^[+-]?\d+$/.test(text)) throw refused("invalid syntax");
  if (BigInt.asIntN(64, BigInt(text.replace("+", ""))) !== BigInt(text.replace("+", "")))
    throw refused("value out of range");
  return Number(text);
}

export interface ListOptions {
  readonly labelSelector: string;
  readonly fieldSelector: string;
  /** 0: no limit. */
  readonly limit: number;
  readonly continue: string;
  /** "" when it is not given. */
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly sendInitialEvents: boolean | undefined;
  readonly allowWatchBookmarks: boolean;
  readonly timeoutSeconds: number | undefined;
}

export function listOptions(query: URLSearchParams, isWatch: boolean): ListOptions {
  const options: ListOptions = {
    labelSelector: query.get("labelSelector") ?? "",
    fieldSelector: query.get("fieldSelector") ?? "",
    limit: Math.max(0, integer(query, "limit") ?? 0),
    continue: query.get("continue") ?? "",
    resourceVersion: query.get("resourceVersion") ?? "",
    resourceVersionMatch: query.get("resourceVersionMatch") ?? "",
    sendInitialEvents: query.has("sendInitialEvents") ? flag(query, "sendInitialEvents") : undefined,
    allowWatchBookmarks: flag(query, "allowWatchBookmarks"),
    timeoutSeconds: integer(query, "timeoutSeconds"),
  };
  const settled = isWatch ? withInitialEvents(options) : options;
  const errors = isWatch ? watchErrors(settled) : listErrors(settled);
  if (errors.length > 0) throw refuse("ListOptions", errors);
  return settled;
}
/** A watch from no revision in particular is told first what there is. */
function withInitialEvents(o: ListOptions): ListOptions {
  const isOpen = o.resourceVersion === "" || o.resourceVersion === "0";
  if (!isOpen || o.sendInitialEvents !== undefined || o.resourceVersionMatch !== "") return o;
  return { ...o, sendInitialEvents: true, resourceVersionMatch: "NotOlderThan" };
}

const matches = ["Exact", "NotOlderThan"];

function listErrors(o: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  const match = o.resourceVersionMatch;
  if (match) {
    const forbid = (why: string): void => void errors.push(forbiddenValue("resourceVersionMatch", why));
    if (!o.resourceVersion) forbid("resourceVersionMatch is forbidden unless resourceVersion is provided");
    if (o.continue) forbid("resourceVersionMatch is forbidden when continue is provided");
    if (!matches.includes(match)) errors.push(notSupported("resourceVersionMatch", match, [...matches, ""]));
    if (match === "Exact" && o.resourceVersion === "0")
      forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  if (o.sendInitialEvents !== undefined)
    errors.push(forbiddenValue("sendInitialEvents", "sendInitialEvents is forbidden for list"));
  return errors;
}

function watchErrors(o: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  const match = o.resourceVersionMatch;
  const forbid = (why: string): void => void errors.push(forbiddenValue("resourceVersionMatch", why));
  if (o.sendInitialEvents !== undefined && match !== "NotOlderThan")
    forbid("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  if (match) {
    if (o.sendInitialEvents === undefined)
      forbid("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
    if (match !== "NotOlderThan") errors.push(notSupported("resourceVersionMatch", match, ["NotOlderThan"]));
    if (o.continue) forbid("resourceVersionMatch is forbidden when continue is provided");
  }
  return errors;
}

/** A resourceVersion in a query, as a number. `head`: what the message begins with. */
export function revisionOf(text: string, head = ""): number {
  const refused = (why: string): ApiError => {
    const quoted = JSON.stringify(text);
    return badRequest(`${head}resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: ${why}`);
  };
  if (!/^\d+$/.test(text)) throw refused("invalid syntax");
  if (BigInt(text) >= 2n ** 64n) throw refused("value out of range");
  return Number(text);
}
/** How lists begin what they say of a resourceVersion. */
export const ofLists = "invalid resource version: ";

export type FieldValidation = "Ignore" | "Warn" | "Strict";
export type WriteOptionsName = "CreateOptions" | "UpdateOptions" | "PatchOptions";
export interface WriteOptions {
  /** The kind that they are, in meta.k8s.io/v1. */
  readonly name: WriteOptionsName;
  readonly dryRun: boolean;
  /** Given, or the head of the User-Agent. */
  readonly fieldManager: string;
  readonly hasFieldManager: boolean;
  readonly fieldValidation: FieldValidation;
  readonly force: boolean | undefined;
}

const validations: readonly string[] = ["", "Ignore", "Strict", "Warn"];
const longestManager = 128;

const isPrintable = (char: string): boolean => /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char);
/** The name under which fields are owned when the client gives none. A header holds one character a byte. */
export function managerOf(userAgent = ""): string {
  const head = userAgent.split("/", 1)[0]!;
  const shown = plainText.test(head)
    ? head
    : Array.from(Buffer.from(head, "latin1").toString(), (c) => (isPrintable(c) ? c : "")).join("");
  return shown.slice(0, longestManager) || "unknown";
}
const plainText = /^[ -~]*$/;

export function dryRunErrors(values: readonly string[]): FieldError[] {
  return values.every((v) => v === "All") ? [] : [notSupported("dryRun", values, ["All"])];
}

function managerErrors(manager: string): FieldError[] {
  const errors: FieldError[] = [];
  if (Buffer.byteLength(manager) > longestManager) errors.push(tooLong("fieldManager", longestManager));
  let at = 0;
  for (const char of manager) {
    if (!isPrintable(char)) {
      const code = char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
      errors.push(invalidValue("fieldManager", manager, `invalid character U+${code} (at position ${at})`));
    }
    at += Buffer.byteLength(char);
  }
  return errors;
}

/** `isApply`: of a patch, whether it is server-side apply. */
export function writeOptions(call: Call, name: WriteOptionsName, isApply?: boolean): WriteOptions {
  const dryRun = call.query.getAll("dryRun");
  const given = call.query.get("fieldManager") ?? "";
  const force = call.query.has("force") ? flag(call.query, "force") : undefined;
  const validation = call.query.get("fieldValidation") ?? "";
  const errors: FieldError[] = [];
  if (isApply && given === "") errors.push(requiredValue("fieldManager", "is required for apply patch"));
  if (isApply === false && force !== undefined)
    errors.push(forbiddenValue("force", "may not be specified for non-apply patch"));
  errors.push(...managerErrors(given), ...dryRunErrors(dryRun));
  if (!validations.includes(validation)) errors.push(notSupported("fieldValidation", validation, validations));
  if (errors.length > 0) throw refuse(name, errors);
  return {
    name,
    dryRun: dryRun.length > 0,
    fieldManager: given || managerOf(call.headers["user-agent"]),
    hasFieldManager: given !== "",
    fieldValidation: (validation || "Warn") as FieldValidation,
    force,
  };
}

export type PropagationPolicy = "Orphan" | "Background" | "Foreground";
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly orphanDependents?: boolean;
  readonly propagationPolicy?: PropagationPolicy;
  readonly dryRun: boolean;
}
const policies: readonly string[] = ["Foreground", "Background", "Orphan"];

function preconditionsOf(query: URLSearchParams): DeleteOptions["preconditions"] {
  const [uid, resourceVersion] = [query.get("uid"), query.get("resourceVersion")];
  if (!uid && !resourceVersion) return undefined;
  return { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
}

/** From the body where there is one, else from the query. */
export function deleteOptions(
  body: Readonly<Record<string, unknown>> | undefined,
  query: URLSearchParams,
): DeleteOptions {
  const given = body ?? {
    gracePeriodSeconds: integer(query, "gracePeriodSeconds"),
    propagationPolicy: query.get("propagationPolicy") ?? undefined,
    orphanDependents: query.has("orphanDependents") ? flag(query, "orphanDependents") : undefined,
    dryRun: query.getAll("dryRun"),
    preconditions: preconditionsOf(query),
  };
  const dryRun = (given["dryRun"] ?? []) as readonly string[];
  const policy = given["propagationPolicy"] as string | undefined;
  const orphan = given["orphanDependents"] as boolean | undefined;
  const errors = dryRunErrors(dryRun);
  if (policy !== undefined && orphan !== undefined && orphan !== null)
    errors.push(
      invalidValue("propagationPolicy", policy, "orphanDependents and deletionPropagation cannot be both set"),
    );
  if (policy !== undefined && policy !== null && !policies.includes(policy))
    errors.push(notSupported("propagationPolicy", policy, [...policies, "nil"]));
  if (errors.length > 0) throw refuse("DeleteOptions", errors);
  const grace = given["gracePeriodSeconds"] as number | undefined;
  const preconditions = given["preconditions"] as DeleteOptions["preconditions"];
  return {
    dryRun: dryRun.length > 0,
    ...(typeof grace === "number" ? { gracePeriodSeconds: grace < 0 ? 1 : grace } : {}),
    ...(preconditions ? { preconditions } : {}),
    ...(typeof orphan === "boolean" ? { orphanDependents: orphan } : {}),
    ...(policy ? { propagationPolicy: policy as PropagationPolicy } : {}),
  };
}
