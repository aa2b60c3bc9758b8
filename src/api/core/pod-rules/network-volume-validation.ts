// Rules for volumes of storage systems outside the cluster. Few of them still work anywhere, but manifests that name
// them are judged as ever. PersistentVolumes use the same rules, or variants of them that end in Pv.
import { type FieldError, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { dnsLabel, inRange } from "#api/meta/checks.ts";
import type * as sources from "#api/core/schema/volume-source.ts";
import type * as pv from "#api/core/schema/persistent-volume.ts";
import { descendingPath, isAbsolute } from "./paths.ts";

type Check<S> = (found: FieldError[], at: string, source: S) => void;
const needs =
  <S>(...fields: readonly (keyof S & string)[]): Check<S> =>
  (found, at, source) => {
    for (const field of fields) {
      const value: unknown = source[field];
      if (value === undefined || value === "" || (Array.isArray(value) && value.length === 0))
        found.push(requiredValue(`${at}.${field}`));
    }
  };
function secretNamed(
  found: FieldError[],
  at: string,
  ref: { readonly name?: string; readonly namespace?: string } | undefined,
  ofPv = false,
): void {
  if (ref && !ref.name) found.push(requiredValue(`${at}.secretRef.name`));
  if (ref && ofPv && !ref.namespace) found.push(requiredValue(`${at}.secretRef.namespace`));
}
const partition: Check<{ readonly partition?: number }> = (found, at, { partition: number = 0 }) => {
  if (number < 0 || number > 255)
    found.push(invalidValue(`${at}.partition`, number, "must be between 1 and 255, inclusive"));
};

export const gcePersistentDisk: Check<sources.GCEPersistentDiskVolumeSource> = (found, at, source) => {
  needs<typeof source>("pdName")(found, at, source);
  partition(found, at, source);
};
export const awsElasticBlockStore: Check<sources.AWSElasticBlockStoreVolumeSource> = (found, at, source) => {
  needs<typeof source>("volumeID")(found, at, source);
  partition(found, at, source);
};
export const gitRepo: Check<sources.GitRepoVolumeSource> = (found, at, source) => {
  needs<typeof source>("repository")(found, at, source);
  descendingPath(found, `${at}.directory`, source.directory ?? "");
};
export const nfs: Check<sources.NFSVolumeSource> = (found, at, source) => {
  needs<typeof source>("server", "path")(found, at, source);
  if (!isAbsolute(source.path)) found.push(invalidValue(`${at}.path`, source.path, "must be an absolute path"));
};

const qualifiedNames: readonly [prefix: string, pattern: RegExp][] = [
  ["iqn", /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9.-]+)(:[^,;*&$|\s]+)$/],
  ["eui", /^eui.[a-zA-Z0-9]{16}$/],
  ["naa", /^naa.[a-zA-Z0-9]{32}$/],
];
function qualified(found: FieldError[], at: string, name: string, ofPv: boolean): void {
  const rule = qualifiedNames.find(([prefix]) => name.startsWith(prefix));
  if (rule?.[1].test(name)) return;
  const detail = rule || ofPv ? "must be valid format" : "must be valid format starting with iqn, eui, or naa";
  found.push(invalidValue(at, name, detail));
}
const iscsiRule =
  (ofPv: boolean): Check<sources.ISCSIVolumeSource | pv.ISCSIPersistentVolumeSource> =>
  (found, at, source) => {
    needs<typeof source>("targetPortal")(found, at, source);
    if (!source.iqn) found.push(requiredValue(`${at}.iqn`));
    else qualified(found, `${at}.iqn`, source.iqn, ofPv);
    inRange(found, `${at}.lun`, source.lun, 0, 255);
    if ((source.chapAuthDiscovery || source.chapAuthSession) && !source.secretRef)
      found.push(requiredValue(`${at}.secretRef`));
    if (ofPv) secretNamed(found, at, source.secretRef);
    if (source.initiatorName !== undefined) qualified(found, `${at}.initiatorname`, source.initiatorName, ofPv);
  };
export const iscsi = iscsiRule(false);
export const iscsiPv = iscsiRule(true);
export const portalTooLong =
  "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";

export const fc: Check<sources.FCVolumeSource> = (found, at, { targetWWNs = [], wwids = [], lun }) => {
  const field = `${at}.targetWWNs`;
  if (targetWWNs.length === 0 && wwids.length === 0)
    found.push(requiredValue(field, "must specify either targetWWNs or wwids, but not both"));
  if (targetWWNs.length > 0 && wwids.length > 0)
    found.push(invalidValue(field, targetWWNs, "targetWWNs and wwids can not be specified simultaneously"));
  if (targetWWNs.length === 0) return;
  if (lun === undefined) found.push(requiredValue(`${at}.lun`, "lun is required if targetWWNs is specified"));
  else inRange(found, `${at}.lun`, lun, 0, 255);
};

export const glusterfs = needs<sources.GlusterfsVolumeSource>("endpoints", "path");
export const glusterfsPv: Check<pv.GlusterfsPersistentVolumeSource> = (found, at, source) => {
  needs<typeof source>("endpoints", "path")(found, at, source);
  const { endpointsNamespace: namespace } = source;
  const text = "if the endpointnamespace is set, it must be a valid namespace name";
  if (namespace === "") found.push(invalidValue(`${at}.endpointsNamespace`, namespace, text));
  else if (namespace !== undefined) dnsLabel(found, `${at}.endpointsNamespace`, namespace);
};
export const rbd = needs<sources.RBDVolumeSource | pv.RBDPersistentVolumeSource>("monitors", "image");
export const cephfs = needs<sources.CephFSVolumeSource | pv.CephFSPersistentVolumeSource>("monitors");
export const vsphereVolume = needs<sources.VsphereVirtualDiskVolumeSource>("volumePath");
export const photonPersistentDisk = needs<sources.PhotonPersistentDiskVolumeSource>("pdID");
export const portworxVolume = needs<sources.PortworxVolumeSource>("volumeID");
export const scaleIO = needs<sources.ScaleIOVolumeSource | pv.ScaleIOPersistentVolumeSource>(
  "gateway",
  "system",
  "volumeName",
);

export const flocker: Check<sources.FlockerVolumeSource> = (found, at, { datasetName: name, datasetUUID: uuid }) => {
  if (!name && !uuid) found.push(requiredValue(at, "one of datasetName and datasetUUID is required"));
  if (name && uuid)
    found.push(invalidValue(at, "resource", "datasetName and datasetUUID can not be specified simultaneously"));
  if (name?.includes("/")) found.push(invalidValue(`${at}.datasetName`, name, "must not contain '/'"));
};
const cinderRule =
  (ofPv: boolean): Check<sources.CinderVolumeSource | pv.CinderPersistentVolumeSource> =>
  (found, at, source) => {
    needs<typeof source>("volumeID")(found, at, source);
    secretNamed(found, at, source.secretRef, ofPv);
  };
export const cinder = cinderRule(false);
export const cinderPv = cinderRule(true);
const hostPortPairs = "must be a host:port pair or multiple pairs separated by commas";
export const quobyte: Check<sources.QuobyteVolumeSource> = (found, at, source) => {
  if (!source.registry) found.push(requiredValue(`${at}.registry`, hostPortPairs));
  else if ((source.tenant ?? "").length >= 65)
    found.push(requiredValue(`${at}.tenant`, "must be a UUID and may not exceed a length of 64 characters"));
  else
    for (const pair of source.registry.split(","))
      if (!/^(\[[^[\]]*\]|[^:[\]]*):[^:]*$/.test(pair))
        found.push(invalidValue(`${at}.registry`, source.registry, hostPortPairs));
  needs<typeof source>("volume")(found, at, source);
};
export const flexVolume: Check<sources.FlexVolumeSource | pv.FlexPersistentVolumeSource> = (found, at, source) => {
  needs<typeof source>("driver")(found, at, source);
  for (const key of Object.keys(source.options ?? {})) {
    const domain = `.${key.split("/")[0]!.toLowerCase()}`;
    if (domain.endsWith(".kubernetes.io") || domain.endsWith(".k8s.io"))
      found.push(invalidValue(`${at}.options[${key}]`, key, "kubernetes.io and k8s.io namespaces are reserved"));
  }
};
export const azureFile: Check<sources.AzureFileVolumeSource | pv.AzureFilePersistentVolumeSource> = (
  found,
  at,
  source,
) => {
  needs<typeof source>("secretName", "shareName")(found, at, source);
  if ("secretNamespace" in source && source.secretNamespace === "") found.push(requiredValue(`${at}.secretNamespace`));
};
export const azureDisk: Check<sources.AzureDiskVolumeSource> = (found, at, source) => {
  needs<typeof source>("diskName", "diskURI")(found, at, source);
  const { cachingMode, kind, diskURI } = source;
  const modes = ["None", "ReadOnly", "ReadWrite"];
  if (cachingMode !== undefined && !modes.includes(cachingMode))
    found.push(notSupported(`${at}.cachingMode`, cachingMode, modes));
  const kinds = ["Dedicated", "Managed", "Shared"];
  if (kind === undefined) return;
  if (!kinds.includes(kind)) found.push(notSupported(`${at}.kind`, kind, kinds));
  const start = kind === "Managed" ? "/subscriptions/" : "https://";
  const form =
    kind === "Managed"
      ? "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
      : "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd";
  if (!diskURI.startsWith(start)) found.push(notSupported(`${at}.diskURI`, diskURI, [form]));
};
const storageosRule =
  (ofPv: boolean): Check<sources.StorageOSVolumeSource | pv.StorageOSPersistentVolumeSource> =>
  (found, at, source) => {
    if (!source.volumeName) found.push(requiredValue(`${at}.volumeName`));
    else dnsLabel(found, `${at}.volumeName`, source.volumeName);
    if (source.volumeNamespace) dnsLabel(found, `${at}.volumeNamespace`, source.volumeNamespace);
    secretNamed(found, at, source.secretRef, ofPv);
  };
export const storageos = storageosRule(false);
export const storageosPv = storageosRule(true);
