// Shapes with which CSI storage drivers announce themselves and their capacity.

import {
  type Infer,
  atomicList,
  bool,
  int32,
  int64,
  known,
  mapList,
  message,
  optional,
  pointer,
  quantity,
  required,
  setList,
  string,
  struct,
  topLevel,
} from "#api/schema.ts";
import { LabelSelector, ObjectMeta } from "#api/meta/schema.ts";

export const TokenRequest = message(
  "io.k8s.api.storage.v1.TokenRequest",
  "A service account token that the driver wants for each pod.",
  {
    audience: required(1, string, "Party the token is meant for; empty means the API server."),
    expirationSeconds: pointer(2, int64, "Lifetime of the token in seconds, at least 600; one hour if not given."),
  },
);
export interface TokenRequest extends Infer<typeof TokenRequest> {}

export const CSIDriverSpec = message(
  "io.k8s.api.storage.v1.CSIDriverSpec",
  "What a CSI driver needs and what it can do.",
  {
    attachRequired: pointer(
      1,
      bool,
      "If true (default), volumes must be attached to the node before mounting; cannot change later.",
      { default: true },
    ),
    podInfoOnMount: pointer(
      2,
      bool,
      "If true, the driver is told the pod's name, namespace and uid when mounting; default false.",
      { default: false },
    ),
    volumeLifecycleModes: optional(
      3,
      setList(known("Persistent", "Ephemeral")),
      "Persistent (default) volumes come from claims; Ephemeral ones live and die with a pod.",
      { default: ["Persistent"] },
    ),
    storageCapacity: pointer(
      4,
      bool,
      "If true, the scheduler looks at the free capacity that the driver reports; default false.",
      { default: false },
    ),
    fsGroupPolicy: pointer(
      5,
      known("ReadWriteOnceWithFSType", "File", "None"),
      "Whether file ownership is adjusted to the pod's fsGroup when mounting; default ReadWriteOnceWithFSType.",
      { default: "ReadWriteOnceWithFSType" },
    ),
    tokenRequests: optional(6, atomicList(TokenRequest), "Service account tokens the driver receives when mounting."),
    requiresRepublish: pointer(
      7,
      bool,
      "If true, the mount call is repeated from time to time to refresh content; default false.",
      { default: false },
    ),
    seLinuxMount: pointer(8, bool, "If true, volumes may be mounted with an SELinux label; default false.", {
      default: false,
    }),
    nodeAllocatableUpdatePeriodSeconds: pointer(
      9,
      int64,
      "Seconds between updates of a node's volume limit, at least 10; absent means none.",
    ),
    serviceAccountTokenInSecrets: pointer(
      10,
      bool,
      "If true, tokens travel in the secrets part of the call instead of the volume context.",
    ),
    preventPodSchedulingIfMissing: pointer(
      11,
      bool,
      "If true, pods using this driver avoid nodes where it is not installed.",
    ),
  },
);
export interface CSIDriverSpec extends Infer<typeof CSIDriverSpec> {}

export const CSIDriver = topLevel(
  "io.k8s.api.storage.v1.CSIDriver",
  "Announces a CSI storage driver; the object's name is the driver's name.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, CSIDriverSpec, "What is wanted."),
  },
);
export interface CSIDriver extends Infer<typeof CSIDriver> {}

export const VolumeNodeResources = message(
  "io.k8s.api.storage.v1.VolumeNodeResources",
  "Limit on the volumes of one driver on one node.",
  {
    count: pointer(1, int32, "Most volumes usable at once on the node; absent means no known limit."),
  },
);
export interface VolumeNodeResources extends Infer<typeof VolumeNodeResources> {}

export const CSINodeDriver = message("io.k8s.api.storage.v1.CSINodeDriver", "One CSI driver installed on a node.", {
  name: required(1, string, "Name of the driver, equal to its CSIDriver object."),
  nodeID: required(2, string, "What the driver calls this node in its own system."),
  topologyKeys: optional(3, atomicList(string), "Node label keys by which the driver describes where the node is.", {
    always: true,
  }),
  allocatable: pointer(4, VolumeNodeResources, "How many volumes the driver can handle on this node."),
});
export interface CSINodeDriver extends Infer<typeof CSINodeDriver> {}

export const CSINodeSpec = message("io.k8s.api.storage.v1.CSINodeSpec", "The drivers that a node has.", {
  drivers: required(1, mapList(CSINodeDriver, "name"), "CSI drivers installed on the node, one entry each.", {
    patch: "merge",
    patchKey: "name",
  }),
});
export interface CSINodeSpec extends Infer<typeof CSINodeSpec> {}

export const CSINode = topLevel(
  "io.k8s.api.storage.v1.CSINode",
  "The CSI drivers installed on one node; written by the kubelet.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, CSINodeSpec, "What is wanted."),
  },
);
export interface CSINode extends Infer<typeof CSINode> {}

export const CSIStorageCapacity = topLevel(
  "io.k8s.api.storage.v1.CSIStorageCapacity",
  "Free space a driver can offer for one storage class in one part of the cluster.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    nodeTopology: pointer(
      2,
      LabelSelector,
      "Nodes that can reach this storage; absent means the storage is reachable from none.",
    ),
    storageClassName: required(3, string, "StorageClass that the numbers are about."),
    capacity: pointer(4, quantity, "Free space in bytes as a quantity such as 100Gi; absent means unknown."),
    maximumVolumeSize: pointer(5, quantity, "Largest single volume in bytes that can be made now."),
  },
);
export interface CSIStorageCapacity extends Infer<typeof CSIStorageCapacity> {}
