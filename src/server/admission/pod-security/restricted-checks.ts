// Restricted: what a pod must say for itself to be as confined as a container can be.
import {
  containersOf,
  containersText,
  distinct,
  namesOf,
  quoted,
  setters,
  type CheckPod,
  type Container,
} from "./check.ts";

export const allowPrivilegeEscalation: CheckPod = (spec) => {
  const names = namesOf(spec, (c) => c.securityContext?.allowPrivilegeEscalation !== false);
  if (names.length === 0) return undefined;
  return {
    reason: "allowPrivilegeEscalation != false",
    detail: `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`,
  };
};

const addedOf = (c: Container): string[] =>
  (c.securityContext?.capabilities?.add ?? []).filter((name) => name !== "NET_BIND_SERVICE");
export const capabilitiesRestricted: CheckPod = (spec) => {
  const keeping = namesOf(spec, (c) => !c.securityContext?.capabilities?.drop?.includes("ALL"));
  const adding = namesOf(spec, (c) => addedOf(c).length > 0);
  const added = distinct(containersOf(spec).flatMap(addedOf));
  const details = [
    ...(keeping.length > 0 ? [`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0
      ? [`${containersText(adding)} must not include ${quoted(added)} in securityContext.capabilities.add`]
      : []),
  ];
  return details.length > 0 ? { reason: "unrestricted capabilities", detail: details.join("; ") } : undefined;
};

const harmless = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];
const known = new Set([
  "hostPath",
  "gcePersistentDisk",
  "awsElasticBlockStore",
  "gitRepo",
  "nfs",
  "iscsi",
  "glusterfs",
  "rbd",
  "flexVolume",
  "cinder",
  "cephfs",
  "flocker",
  "fc",
  "azureFile",
  "vsphereVolume",
  "quobyte",
  "azureDisk",
  "photonPersistentDisk",
  "portworxVolume",
  "scaleIO",
  "storageos",
]);
export const restrictedVolumes: CheckPod = (spec) => {
  const bad = (spec.volumes ?? []).filter((volume) => !harmless.some((source) => source in volume));
  if (bad.length === 0) return undefined;
  const names = bad.map((volume) => volume.name);
  const types = distinct(bad.map((volume) => Object.keys(volume).find((key) => known.has(key)) ?? "unknown"));
  const volumes = `${names.length === 1 ? "volume" : "volumes"} ${quoted(names)} ${names.length === 1 ? "uses" : "use"}`;
  const what = types.length === 1 ? "restricted volume type" : "restricted volume types";
  return { reason: "restricted volume types", detail: `${volumes} ${what} ${quoted(types)}` };
};

export const runAsNonRoot: CheckPod = (spec) => {
  const reason = "runAsNonRoot != true";
  const said = spec.securityContext?.runAsNonRoot;
  const denying = namesOf(spec, (c) => c.securityContext?.runAsNonRoot === false);
  if (said === false || denying.length > 0)
    return { reason, detail: `${setters(said === false, denying)} must not set securityContext.runAsNonRoot=false` };
  const silent = said ? [] : namesOf(spec, (c) => c.securityContext?.runAsNonRoot === undefined);
  if (silent.length === 0) return undefined;
  return { reason, detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true` };
};

export const runAsUser: CheckPod = (spec) => {
  const isPod = spec.securityContext?.runAsUser === 0;
  const names = namesOf(spec, (c) => c.securityContext?.runAsUser === 0);
  if (!isPod && names.length === 0) return undefined;
  return { reason: "runAsUser=0", detail: `${setters(isPod, names)} must not set runAsUser=0` };
};
