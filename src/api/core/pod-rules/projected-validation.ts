// Rules for volumes whose files are made from objects: projected sources, and the items that they, Secrets, ConfigMaps
// and the downward API have in common.
import { type FieldError, forbiddenValue, invalidValue, requiredValue } from "#api/field-error.ts";
import { supported } from "#api/meta/checks.ts";
import { validateLabelSelector } from "#api/meta/label-selector-validation.ts";
import type {
  ClusterTrustBundleProjection,
  DownwardAPIVolumeFile,
  PodCertificateProjection,
  ProjectedVolumeSource,
  ServiceAccountTokenProjection,
  VolumeProjection,
} from "#api/core/schema/volume.ts";
import { validateFieldRef, validateResourceFieldRef } from "./env-validation.ts";
import { localPath } from "./paths.ts";
import { bundleNameProblems, isKubernetesSigner, validateSignerName, validateUserAnnotations } from "./signer-names.ts";

const modeText = "must be a number between 0 and 0777 (octal), both inclusive";
export function fileMode(found: FieldError[], field: string, mode: number | undefined): void {
  if (mode !== undefined && (mode > 0o777 || mode < 0)) found.push(invalidValue(field, mode, modeText));
}

interface Item {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}
/** A key of a ConfigMap or Secret and the file it becomes. */
export function validateItems(found: FieldError[], field: string, items: readonly Item[] = []): void {
  for (const [i, item] of items.entries()) {
    const at = `${field}[${i}]`;
    if (!item.key) found.push(requiredValue(`${at}.key`));
    if (!item.path) found.push(requiredValue(`${at}.path`));
    localPath(found, `${at}.path`, item.path);
    fileMode(found, `${at}.mode`, item.mode);
  }
}
const volumeFieldPaths = [
  "metadata.annotations",
  "metadata.labels",
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
];
/** Upstream: findings stand under the volume, without the index of the file. */
export function validateDownwardFile(found: FieldError[], field: string, file: DownwardAPIVolumeFile): void {
  if (!file.path) found.push(requiredValue(`${field}.path`));
  localPath(found, `${field}.path`, file.path);
  if (file.fieldRef) {
    validateFieldRef(found, `${field}.fieldRef`, file.fieldRef, volumeFieldPaths);
    if (file.resourceFieldRef)
      found.push(invalidValue(field, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"));
  } else if (file.resourceFieldRef)
    validateResourceFieldRef(found, `${field}.resourceFieldRef`, file.resourceFieldRef, true);
  else found.push(requiredValue(field, "one of fieldRef and resourceFieldRef is required"));
  fileMode(found, `${field}.mode`, file.mode);
}

/** Sees that no two sources write the same file. */
class Paths {
  readonly #seen = new Set<string>();
  readonly #found: FieldError[];
  readonly #field: string;
  constructor(found: FieldError[], field: string) {
    this.#found = found;
    this.#field = field;
  }
  add(path: string, shown: string): void {
    if (this.#seen.has(path)) this.#found.push(invalidValue(this.#field, shown, "conflicting duplicate paths"));
    this.#seen.add(path);
  }
}

export function validateProjected(found: FieldError[], field: string, volume: ProjectedVolumeSource): void {
  fileMode(found, `${field}.defaultMode`, volume.defaultMode);
  const paths = new Paths(found, field);
  for (const [i, source] of (volume.sources ?? []).entries()) {
    const at = `${field}.sources[${i}]`;
    validateSource(found, field, at, source, paths);
    const kinds = Object.values(source).filter((value) => value !== undefined).length;
    if (kinds > 1) found.push(forbiddenValue(at, "may not specify more than 1 volume type per source"));
  }
}
function validateSource(found: FieldError[], field: string, at: string, source: VolumeProjection, paths: Paths): void {
  for (const name of ["secret", "configMap"] as const) {
    const object = source[name];
    if (!object) continue;
    if (!object.name) found.push(requiredValue(`${at}.${name}.name`));
    validateItems(found, `${at}.${name}.items`, object.items);
    for (const item of object.items ?? []) if (item.path) paths.add(item.path, object.name ?? "");
  }
  for (const file of source.downwardAPI?.items ?? []) {
    validateDownwardFile(found, `${at}.downwardAPI`, file);
    if (file.path) paths.add(file.path, file.path);
  }
  if (source.serviceAccountToken) validateToken(found, field, `${at}.serviceAccountToken`, source.serviceAccountToken);
  if (source.clusterTrustBundle) validateBundle(found, `${at}.clusterTrustBundle`, source.clusterTrustBundle, paths);
  if (source.podCertificate) validateCertificate(found, `${at}.podCertificate`, source.podCertificate, paths);
}
/** Upstream: the path is spoken of as if it were the volume's. */
function validateToken(found: FieldError[], field: string, at: string, token: ServiceAccountTokenProjection): void {
  const seconds = token.expirationSeconds ?? 0;
  if (seconds < 600)
    found.push(invalidValue(`${at}.expirationSeconds`, seconds, "may not specify a duration less than 10 minutes"));
  if (seconds > 2 ** 32)
    found.push(invalidValue(`${at}.expirationSeconds`, seconds, "may not specify a duration larger than 2^32 seconds"));
  if (!token.path) found.push(requiredValue(`${field}.path`));
  else localPath(found, `${field}.path`, token.path);
}
function validateBundle(found: FieldError[], at: string, bundle: ClusterTrustBundleProjection, paths: Paths): void {
  const { name, signerName, labelSelector } = bundle;
  if (name !== undefined && signerName !== undefined)
    found.push(invalidValue(at, bundle, "only one of name and signerName may be used"));
  else if (name !== undefined) {
    if (name === "") found.push(requiredValue(`${at}.name`, "must be a valid object name"));
    for (const problem of bundleNameProblems(name))
      found.push(invalidValue(`${at}.name`, name, `not a valid clustertrustbundlename: ${problem}`));
    if (labelSelector)
      found.push(
        invalidValue(`${at}.labelSelector`, labelSelector, "labelSelector must be unset if name is specified"),
      );
  } else if (signerName !== undefined) {
    if (signerName === "") found.push(requiredValue(`${at}.signerName`, "must be a valid signer name"));
    validateSignerName(found, `${at}.signerName`, signerName);
    validateLabelSelector(found, `${at}.labelSelector`, labelSelector);
  } else found.push(requiredValue(at, "either name or signerName must be specified"));
  if (!bundle.path) found.push(requiredValue(`${at}.path`));
  localPath(found, `${at}.path`, bundle.path);
  paths.add(bundle.path, bundle.path);
}
const keyTypes = ["RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"];
const longestSeconds = 91 * 86400;
function validateCertificate(found: FieldError[], at: string, source: PodCertificateProjection, paths: Paths): void {
  validateSignerName(found, `${at}.signerName`, source.signerName ?? "");
  validateUserAnnotations(found, `${at}.userAnnotations`, source.userAnnotations);
  supported(found, `${at}.keyType`, source.keyType, keyTypes);
  const seconds = source.maxExpirationSeconds;
  const most = isKubernetesSigner(source.signerName ?? "") ? 86400 : longestSeconds;
  if (seconds !== undefined && seconds < 3600)
    found.push(
      invalidValue(`${at}.maxExpirationSeconds`, seconds, "if provided, maxExpirationSeconds must be >= 3600"),
    );
  if (seconds !== undefined && seconds > most)
    found.push(
      invalidValue(`${at}.maxExpirationSeconds`, seconds, `if provided, maxExpirationSeconds must be <= ${most}`),
    );
  let count = 0;
  for (const name of ["credentialBundlePath", "keyPath", "certificateChainPath"] as const) {
    const path = source[name];
    if (!path) continue;
    count++;
    localPath(found, `${at}.${name}`, path);
    paths.add(path, path);
  }
  if (count === 0)
    found.push(requiredValue(at, "specify at least one of credentialBundlePath, keyPath, and certificateChainPath"));
}
