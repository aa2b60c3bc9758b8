// Rules for the volumes of a pod: names, exactly one source each, and what each source needs.
import { type FieldError, duplicateValue, forbiddenValue, invalidValue, requiredValue } from "#api/field-error.ts";
import { isDnsSubdomain } from "#api/names.ts";
import { parseQuantity } from "#api/quantity.ts";
import { validateClaimTemplate } from "#api/core/rules/claim-validation.ts";
import { dnsLabel, invalidEach, requiredOneOf, supported } from "#api/meta/checks.ts";
import type { ObjectMeta } from "#api/meta/schema.ts";
import type { HostPathVolumeSource } from "#api/core/schema/volume-source.ts";
import type { CSIVolumeSource, Volume } from "#api/core/schema/volume.ts";
import { validateDriverName } from "./driver-names.ts";
import * as network from "./network-volume-validation.ts";
import { noBacksteps } from "./paths.ts";
import { fileMode, validateDownwardFile, validateItems, validateProjected } from "./projected-validation.ts";

/** What a volume is judged with: the pod's metadata, or none in a template. */
interface VolumeContext {
  readonly podMeta: ObjectMeta | undefined;
  readonly isPod: boolean;
}

/** Returns the volumes that are in order, by name; containers may use only those. */
export function validateVolumes(
  found: FieldError[],
  field: string,
  volumes: readonly Volume[] = [],
  context: VolumeContext,
): Map<string, Volume> {
  const good = new Map<string, Volume>();
  const madeClaims = new Set(
    volumes.filter((v) => v.ephemeral && context.podMeta?.name).map((v) => `${context.podMeta!.name}-${v.name}`),
  );
  for (const [i, volume] of volumes.entries()) {
    const at = `${field}[${i}]`;
    const before = found.length;
    validateSource(found, at, volume, context);
    if (!volume.name) found.push(requiredValue(`${at}.name`));
    else dnsLabel(found, `${at}.name`, volume.name);
    if (good.has(volume.name)) found.push(duplicateValue(`${at}.name`, volume.name));
    if (found.length === before) good.set(volume.name, volume);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && madeClaims.has(claim))
      found.push(
        invalidValue(
          `${at}.persistentVolumeClaim.claimName`,
          claim,
          "must not reference a PVC that gets created for an ephemeral volume",
        ),
      );
  }
  return good;
}

type SourceName = Exclude<keyof Volume, "name">;
type Check<N extends SourceName> = (
  found: FieldError[],
  at: string,
  source: NonNullable<Volume[N]>,
  volume: Volume,
  context: VolumeContext,
) => void;
interface Rule<N extends SourceName = SourceName> {
  readonly name: N;
  readonly check: Check<N>;
  /** Upstream misspells a few fields in its findings. */
  readonly shownAs?: string;
  readonly refusedAs?: string;
}
const rule = <N extends SourceName>(name: N, check: Check<N>, shown: Partial<Rule<N>> = {}): Rule =>
  ({ name, check, ...shown }) as unknown as Rule;

/** In the order in which they are looked at: a second source is refused. */
const rules: readonly Rule[] = [
  rule("emptyDir", (found, at, { sizeLimit }) => {
    if (sizeLimit !== undefined && parseQuantity(sizeLimit).nano < 0n)
      found.push(forbiddenValue(`${at}.sizeLimit`, "SizeLimit field must be a valid resource quantity"));
  }),
  rule("hostPath", validateHostPath),
  rule("gitRepo", network.gitRepo),
  rule("gcePersistentDisk", network.gcePersistentDisk, { shownAs: "persistentDisk" }),
  rule("awsElasticBlockStore", network.awsElasticBlockStore),
  rule("secret", (found, at, source) => {
    if (!source.secretName) found.push(requiredValue(`${at}.secretName`));
    fileMode(found, `${at}.defaultMode`, source.defaultMode);
    validateItems(found, `${at}.items`, source.items);
  }),
  rule("nfs", network.nfs),
  rule("iscsi", network.iscsi),
  rule("glusterfs", network.glusterfs),
  rule("flocker", network.flocker),
  rule("persistentVolumeClaim", (found, at, source) => {
    if (!source.claimName) found.push(requiredValue(`${at}.claimName`));
  }),
  rule("rbd", network.rbd),
  rule("cinder", network.cinder),
  rule("cephfs", network.cephfs, { refusedAs: "cephFS" }),
  rule("quobyte", network.quobyte),
  rule(
    "downwardAPI",
    (found, at, source) => {
      fileMode(found, `${at}.defaultMode`, source.defaultMode);
      for (const file of source.items ?? []) validateDownwardFile(found, at, file);
    },
    { refusedAs: "downwarAPI" },
  ),
  rule("fc", network.fc),
  rule("flexVolume", network.flexVolume),
  rule("configMap", (found, at, source) => {
    if (!source.name) found.push(requiredValue(`${at}.name`));
    fileMode(found, `${at}.defaultMode`, source.defaultMode);
    validateItems(found, `${at}.items`, source.items);
  }),
  rule("azureFile", network.azureFile),
  rule("vsphereVolume", network.vsphereVolume),
  rule("photonPersistentDisk", network.photonPersistentDisk),
  rule("portworxVolume", network.portworxVolume),
  rule("azureDisk", network.azureDisk),
  rule("storageos", network.storageos),
  rule("projected", validateProjected),
  rule("scaleIO", network.scaleIO),
  rule("csi", validateCsi),
  rule("ephemeral", (found, at, source, volume, { podMeta }) => {
    if (!source.volumeClaimTemplate) found.push(requiredValue(`${at}.volumeClaimTemplate`));
    else validateClaimTemplate(found, `${at}.volumeClaimTemplate`, source.volumeClaimTemplate);
    if (!podMeta?.name || !volume.name) return;
    const claim = `${podMeta.name}-${volume.name}`;
    for (const message of isDnsSubdomain(claim))
      found.push(
        invalidValue(at.replace(/ephemeral$/, "name"), volume.name, `PVC name ${JSON.stringify(claim)}: ${message}`),
      );
  }),
  rule("image", (found, at, source, _volume, { isPod }) => {
    if (isPod && !source.reference) found.push(requiredValue(`${at}.reference`));
    requiredOneOf(found, `${at}.pullPolicy`, source.pullPolicy, ["Always", "IfNotPresent", "Never"]);
  }),
];

function validateSource(found: FieldError[], field: string, volume: Volume, context: VolumeContext): void {
  let given = false;
  for (const { name, check, shownAs = name, refusedAs = name } of rules) {
    const source = volume[name];
    if (source === undefined) continue;
    if (given) found.push(forbiddenValue(`${field}.${refusedAs}`, "may not specify more than 1 volume type"));
    else check(found, `${field}.${shownAs}`, source as never, volume, context);
    given = true;
  }
  const { iscsi } = volume;
  if (iscsi?.initiatorName !== undefined && `${volume.name}:${iscsi.targetPortal}`.length > 64)
    found.push(invalidValue(`${field}.name`, volume.name, network.portalTooLong));
  if (!given) found.push(requiredValue(field, "must specify a volume type"));
}

export const hostPathTypes = [
  "",
  "BlockDevice",
  "CharDevice",
  "Directory",
  "DirectoryOrCreate",
  "File",
  "FileOrCreate",
  "Socket",
];
export function validateHostPath(found: FieldError[], at: string, source: HostPathVolumeSource): void {
  if (!source.path) return void found.push(requiredValue(`${at}.path`));
  noBacksteps(found, `${at}.path`, source.path);
  if (source.type !== undefined) supported(found, `${at}.type`, source.type, hostPathTypes);
}
function validateCsi(found: FieldError[], at: string, source: CSIVolumeSource): void {
  validateDriverName(found, `${at}.driver`, source.driver);
  const secret = source.nodePublishSecretRef;
  if (!secret) return;
  if (!secret.name) found.push(requiredValue(`${at}.nodePublishSecretRef.name`));
  else invalidEach(found, `${at}.name`, secret.name, isDnsSubdomain(secret.name));
}
