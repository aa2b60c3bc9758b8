// Rules for what a container sees of the pod's volumes: mounts and raw devices.
import { type FieldError, forbiddenValue, invalidValue, notFoundValue, requiredValue } from "#api/field-error.ts";
import { supported } from "#api/meta/checks.ts";
import type { Container, VolumeDevice, VolumeMount } from "#api/core/schema/container.ts";
import type { Volume } from "#api/core/schema/volume.ts";
import { descendingPath, hasBackstep } from "./paths.ts";

/** The pod's well-formed volumes by name. */
export type Volumes = ReadonlyMap<string, Volume>;
type Holder = Pick<Container, "volumeMounts" | "volumeDevices" | "securityContext">;

export function validateVolumeMounts(found: FieldError[], field: string, container: Holder, volumes: Volumes): void {
  const devices = new Map((container.volumeDevices ?? []).map((device) => [device.name, device.devicePath]));
  const paths = new Set<string>();
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${field}[${i}]`;
    if (!mount.name) found.push(requiredValue(`${at}.name`));
    if (!volumes.has(mount.name)) found.push(notFoundValue(`${at}.name`, mount.name));
    if (!mount.mountPath) found.push(requiredValue(`${at}.mountPath`));
    if (paths.has(mount.mountPath)) found.push(invalidValue(`${at}.mountPath`, mount.mountPath, "must be unique"));
    paths.add(mount.mountPath);
    if (devices.has(mount.name))
      found.push(invalidValue(`${at}.name`, mount.name, "must not already exist in volumeDevices"));
    if ([...devices.values()].includes(mount.mountPath))
      found.push(invalidValue(`${at}.mountPath`, mount.mountPath, "must not already exist as a path in volumeDevices"));
    validateSubPaths(found, field, at, mount);
    validatePropagation(found, field, mount, container);
    validateRecursiveReadOnly(found, `${field}.recursiveReadOnly`, mount);
  }
}
/** Upstream: findings about the parts of a mount stand under the list, without its index. */
function validateSubPaths(found: FieldError[], field: string, at: string, mount: VolumeMount): void {
  if (mount.subPath) descendingPath(found, `${field}.subPath`, mount.subPath);
  if (!mount.subPathExpr) return;
  if (mount.subPath)
    found.push(invalidValue(`${at}.subPathExpr`, mount.subPathExpr, "subPathExpr and subPath are mutually exclusive"));
  descendingPath(found, `${field}.subPathExpr`, mount.subPathExpr);
}
function validatePropagation(found: FieldError[], field: string, mount: VolumeMount, container: Holder): void {
  const { mountPropagation: propagation } = mount;
  if (propagation === undefined) return;
  const at = `${field}.mountPropagation`;
  supported(found, at, propagation, ["Bidirectional", "HostToContainer", "None"]);
  if (propagation === "Bidirectional" && !container.securityContext?.privileged)
    found.push(forbiddenValue(at, "Bidirectional mount propagation is available only to privileged containers"));
}
function validateRecursiveReadOnly(found: FieldError[], field: string, mount: VolumeMount): void {
  const { recursiveReadOnly: mode, mountPropagation: propagation } = mount;
  if (mode === undefined || mode === "Disabled") return;
  if (!supported(found, field, mode, ["Disabled", "Enabled", "IfPossible"])) return;
  if (!mount.readOnly) found.push(forbiddenValue(field, "may only be specified when readOnly is true"));
  if (propagation !== undefined && propagation !== "None")
    found.push(forbiddenValue(field, "may only be specified when mountPropagation is None or not specified"));
}

export function validateVolumeDevices(found: FieldError[], field: string, container: Holder, volumes: Volumes): void {
  const mounts = new Map((container.volumeMounts ?? []).map((mount) => [mount.name, mount.mountPath]));
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const [i, device] of (container.volumeDevices ?? []).entries()) {
    const at = `${field}[${i}]`;
    validateDeviceName(found, `${at}.name`, device, volumes, names);
    const path = device.devicePath;
    if (!path) found.push(requiredValue(`${at}.devicePath`));
    if (paths.has(path)) found.push(invalidValue(`${at}.devicePath`, path, "must be unique"));
    if (hasBackstep(path)) found.push(invalidValue(`${at}.devicePath`, path, "can not contain backsteps ('..')"));
    else paths.add(path);
    if (mounts.has(device.name))
      found.push(invalidValue(`${at}.name`, device.name, "must not already exist in volumeMounts"));
    if ([...mounts.values()].includes(path))
      found.push(invalidValue(`${at}.devicePath`, path, "must not already exist as a path in volumeMounts"));
    if (device.name) names.add(device.name);
  }
}
function validateDeviceName(
  found: FieldError[],
  field: string,
  { name }: VolumeDevice,
  volumes: Volumes,
  seen: ReadonlySet<string>,
): void {
  if (!name) found.push(requiredValue(field));
  if (seen.has(name)) found.push(invalidValue(field, name, "must be unique"));
  const volume = volumes.get(name);
  if (!volume) found.push(notFoundValue(field, name));
  else if (!volume.persistentVolumeClaim && !volume.ephemeral)
    found.push(
      invalidValue(field, name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"),
    );
}
