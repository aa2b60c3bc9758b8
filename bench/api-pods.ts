// The objects of the API benchmark: pods as people have them, about 2 KB as the server stores them, and a small object
// that changes all the time.

export const namespace = "bench";
export const podsPath = `/api/v1/namespaces/${namespace}/pods`;
export const leasesPath = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
export const podName = (i: number): string =>
  `web-${String(i % 100).padStart(2, "0")}-7d4b9c6f5-${String(i).padStart(6, "0")}`;

const bytes = (object: object): Buffer => Buffer.from(JSON.stringify(object));

/** A pod that no scheduler looks at, so that nobody but the load changes it. */
export const podBody = (i: number): Buffer =>
  bytes({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: podName(i),
      namespace,
      labels: { app: `web-${i % 100}`, "app.kubernetes.io/part-of": "shop", "pod-template-hash": "7d4b9c6f5" },
      annotations: { "prometheus.io/scrape": "true" },
    },
    spec: {
      schedulerName: "nobody",
      automountServiceAccountToken: false,
      containers: [
        {
          name: "web",
          image: "registry.example.com/shop/web:1.27.3",
          ports: [{ name: "http", containerPort: 8080 }],
          env: [{ name: "LOG_LEVEL", value: "info" }],
          resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
        },
      ],
    },
  });

const since = "2026-01-01T00:00:00Z";
const condition = (type: string): object => ({ type, status: "True", lastProbeTime: null, lastTransitionTime: since });
const address = (i: number): string => `10.${244 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;

/** What a node reports of a pod that runs; a merge patch. */
export const podStatusPatch = (i: number): Buffer =>
  bytes({
    status: {
      phase: "Running",
      podIP: address(i),
      startTime: since,
      conditions: [condition("Ready")],
      containerStatuses: [
        {
          name: "web",
          image: "registry.example.com/shop/web:1.27.3",
          imageID: "registry.example.com/shop/web@sha256:0b5f1d3c",
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: since } },
        },
      ],
    },
  });

export const leases = 100;
/** Changes go round over all leases. */
export const leaseName = (change: number): string => `changing-${change % leases}`;
/** Tells a change from its bytes. */
export const holderMark = "change-";
export const holderDigits = 8;
export const leaseBody = (change: number): Buffer =>
  bytes({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: leaseName(change), namespace },
    spec: {
      holderIdentity: `${holderMark}${String(change).padStart(holderDigits, "0")}`,
      leaseDurationSeconds: 40,
      renewTime: "2026-01-01T00:00:00.000000Z",
    },
  });
