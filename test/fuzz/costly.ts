// Requests that are small for what they make a server do: long lists that must be compared, names that patterns could
// choke on, numbers with long tails, documents within documents. Each must be over quickly, whatever comes of it.
import type { FuzzRequest } from "./request.ts";

const list = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i));
const map = (length: number, make: (i: number) => unknown): Record<string, unknown> =>
  Object.fromEntries(list(length, (i) => [`k${i}`, make(i)]));

const json = "application/json";
const yaml = "application/yaml";
const strategic = "application/strategic-merge-patch+json";
const merge = "application/merge-patch+json";
const jsonPatch = "application/json-patch+json";
const apply = "application/apply-patch+yaml";
const core = "/api/v1/namespaces/default";
const templates = `${core}/podtemplates`;
const policy = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/a";
const definition = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.fuzz.example.com";

const send = (method: string, url: string, body: unknown, type = json): FuzzRequest => ({
  method,
  url,
  headers: { "content-type": type },
  body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
});
const create = (plural: string, object: object): FuzzRequest =>
  send("POST", `${core}/${plural}`, { metadata: { name: "costly" }, ...object });
const configMap = (metadata: object): FuzzRequest =>
  send("POST", `${core}/configmaps`, { metadata: { name: "costly", ...metadata } });
const pod = (spec: object): FuzzRequest =>
  create("pods", { spec: { containers: [{ name: "c", image: "i" }], ...spec } });
const container = (more: object): FuzzRequest => pod({ containers: [{ name: "c", image: "i", ...more }] });
const quantity = (cpu: string): FuzzRequest => container({ resources: { limits: { cpu } } });
const environment = (type: string, query: string, env: unknown, more: object = {}): FuzzRequest =>
  send(
    "PATCH",
    `${templates}/costly${query}`,
    {
      apiVersion: "v1",
      kind: "PodTemplate",
      template: { spec: { containers: [{ name: "c", image: "i", env, ...more }] } },
    },
    type,
  );
const expression = (text: string): FuzzRequest =>
  send("PATCH", policy, { spec: { validations: [{ expression: text }] } }, merge);
const schema = (value: unknown): FuzzRequest =>
  send(
    "PATCH",
    definition,
    [{ op: "add", path: "/spec/versions/0/schema/openAPIV3Schema/properties/x", value }],
    jsonPatch,
  );
const patch = (...operations: readonly object[]): FuzzRequest =>
  send("PATCH", `${core}/configmaps/a`, operations, jsonPatch);
const query = (text: string): FuzzRequest => ({ method: "GET", url: `${core}/configmaps?${text}`, headers: {} });
const header = (name: string, value: string): FuzzRequest => ({
  method: "GET",
  url: `${core}/configmaps`,
  headers: { [name]: value },
});
const document = (text: string): FuzzRequest => send("POST", `${core}/configmaps`, text, yaml);
const nested = (depth: number, open: string, close: string, inner = "1"): string =>
  open.repeat(depth) + inner + close.repeat(depth);

/** By name; `n` says how large. The requests of one name belong together. */
export const costly: Readonly<Record<string, (n: number) => readonly FuzzRequest[]>> = {
  "many labels": (n) => [configMap({ labels: map(n, () => "v") })],
  "many finalizers": (n) => [configMap({ finalizers: list(n, (i) => `a.b/c${i}`) })],
  "many managers": (n) => [
    configMap({
      managedFields: list(n / 20, (i) => ({
        manager: `m${i}`,
        operation: "Update",
        apiVersion: "v1",
        time: "2026-01-01T00:00:00Z",
        fieldsType: "FieldsV1",
        fieldsV1: { "f:data": { [`f:${i}`]: {} } },
      })),
    }),
  ],
  "unknown fields": (n) => [
    send(
      "POST",
      `${core}/configmaps?fieldValidation=Strict`,
      map(n, () => 1),
    ),
  ],
  "duplicate fields": (n) => [
    send("POST", `${core}/configmaps?fieldValidation=Strict`, `{${list(n, () => '"a":1').join()}}`),
  ],
  containers: (n) => [pod({ containers: list(n / 20, (i) => ({ name: `c${i}`, image: "i" })) })],
  variables: (n) => [container({ env: list(n, (i) => ({ name: `E${i}`, value: `$(E${i - 1})` })) })],
  "equal variables": (n) => [container({ env: list(n, () => ({ name: "E", value: "1" })) })],
  ports: (n) => [container({ ports: list(n, (i) => ({ containerPort: 1 + (i % 65_000) })) })],
  "equal ports": (n) => [container({ ports: list(n, () => ({ containerPort: 80 })) })],
  "equal host ports": (n) => [container({ ports: list(n, () => ({ containerPort: 80, hostPort: 80 })) })],
  resources: (n) => [container({ resources: { limits: map(n, () => "1"), requests: map(n, () => "1") } })],
  mounts: (n) => [
    pod({
      volumes: list(500, (i) => ({ name: `v${i}`, emptyDir: {} })),
      containers: [
        { name: "c", image: "i", volumeMounts: list(n, (i) => ({ name: `v${i % 500}`, mountPath: `/m${i}` })) },
      ],
    }),
  ],
  volumes: (n) => [pod({ volumes: list(n, (i) => ({ name: `v${i}`, emptyDir: {} })) })],
  "equal volumes": (n) => [pod({ volumes: list(n, () => ({ name: "v", emptyDir: {} })) })],
  tolerations: (n) => [pod({ tolerations: list(n, (i) => ({ key: `k${i}`, operator: "Exists" })) })],
  "pull secrets": (n) => [pod({ imagePullSecrets: list(n, (i) => ({ name: `a${i}` })) })],
  "spread constraints": (n) => [
    pod({
      topologySpreadConstraints: list(n / 4, (i) => ({
        maxSkew: 1,
        topologyKey: `k${i}`,
        whenUnsatisfiable: "DoNotSchedule",
      })),
    }),
  ],
  "ports of a service": (n) => [
    create("services", { spec: { ports: list(n / 4, (i) => ({ name: `p${i}`, port: 1 + (i % 65_000) })) } }),
  ],
  "rules of a role": () => [
    send("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", {
      metadata: { name: "costly" },
      rules: [
        {
          apiGroups: list(1_000, (i) => `g${i}`),
          resources: list(1_000, (i) => `r${i}`),
          verbs: list(1_000, (i) => `v${i}`),
        },
      ],
    }),
  ],
  quota: (n) => [create("resourcequotas", { spec: { hard: map(n, () => "1") } })],
  "label selectors": (n) => [
    query(`labelSelector=${encodeURIComponent(list(n / 4, (i) => `k${i}=v`).join())}`),
    query(`labelSelector=${encodeURIComponent(`a in (${list(n / 2, (i) => `v${i}`).join()})`)}`),
    query(`labelSelector=${encodeURIComponent("(".repeat(n))}`),
  ],
  "field selectors": (n) => [
    query(`fieldSelector=${encodeURIComponent(list(n / 4, (i) => `metadata.name!=k${i}`).join())}`),
    query(`fieldSelector=${encodeURIComponent(`metadata.name=${"\\".repeat(n)}`)}`),
  ],
  headers: (n) => [
    header("accept", list(n / 4, () => "a/b;q=0.1").join()),
    header("accept", `${" ".repeat(n)}x`),
    header("accept-encoding", `gzip;q=${"0.".repeat(100)}${"0".repeat(n)}`),
    header("authorization", `bearer ${" ".repeat(n)}x x`),
    header("authorization", `bearer ${"a.".repeat(n)}`),
  ],
  paths: (n) => [
    { method: "GET", url: "/".repeat(n), headers: {} },
    { method: "GET", url: `/api/v1/pods${"/a".repeat(n)}`, headers: {} },
  ],
  YAML: (n) => [
    document("[".repeat(n)),
    document(`metadata: {name: "${"\\x41".repeat(n)}"}`),
    document(`a:${" ".repeat(n * 10)}\nb: c`),
    document(`a: |\n${" x\n".repeat(n)}`),
    document(`x: &x {${list(500, (i) => `k${i}: v`).join()}}\ny:\n${list(500, () => " - <<: *x").join("\n")}`),
    document(`? ${"a".repeat(n)}\n: b`),
  ],
  quantities: (n) => [
    quantity("9".repeat(n)),
    quantity(`0.${"0".repeat(n)}1`),
    quantity(`1e${"9".repeat(300)}`),
    quantity("1e999999999"),
    quantity("1e-999999999"),
  ],
  schedules: (n) =>
    [`${list(n, () => "*/1").join()} * * * *`, "0-99999999999 * * * *"].map((schedule) =>
      send("PATCH", "/apis/batch/v1/namespaces/default/cronjobs/a", { spec: { schedule } }, merge),
    ),
  "indexes of a job": (n) => [
    send(
      "PATCH",
      "/apis/batch/v1/namespaces/default/jobs/a/status",
      { status: { completedIndexes: "0-2000000000", failedIndexes: list(n, (i) => i * 2).join() } },
      merge,
    ),
  ],
  names: (n) => [
    container({ image: "a/".repeat(n) }),
    pod({ hostname: "a-".repeat(n) }),
    pod({ hostAliases: [{ ip: ":".repeat(n), hostnames: ["a"] }] }),
    configMap({ name: "a.".repeat(n) }),
    configMap({ labels: { a: "a-_.".repeat(n), [`${"a.".repeat(n)}/x`]: "a" } }),
    configMap({ creationTimestamp: `2026-01-01T00:00:00.${"0".repeat(n)}Z` }),
  ],
  expressions: (n) => [
    expression(`${"1+".repeat(n)}1 == 0`),
    expression(nested(n, "(", ")")),
    expression(`${"!".repeat(n)}true`),
    expression(`[${list(n, String).join()}].size() == 1`),
    expression(nested(40, "[1].all(x,", ")", "true")),
    expression(nested(40, "[1].map(x,", ")", "x")),
    expression(`'a'.matches('${"(a*)*".repeat(1_000)}')`),
    expression("'a'.matches('((a{1000}){1000}){1000}')"),
  ],
  schemas: (n) => [
    schema(JSON.parse(nested(300, '{"type":"object","properties":{"a":', "}}", '{"type":"string"}'))),
    schema({ type: "object", properties: map(n / 10, () => ({ type: "string" })) }),
    schema({ type: "string", pattern: "(a+)+$".repeat(500) }),
    schema({ type: "string", pattern: "((a{1000}){1000}){1000}" }),
    schema({ type: "string", enum: list(n, (i) => `v${i}`) }),
  ],
  "custom resources": (n) => {
    const thing = (spec: object): object => ({ metadata: { name: "costly" }, spec: { n: 1, ...spec } });
    const url = "/apis/fuzz.example.com/v1/namespaces/default/things";
    return [
      send("POST", url, thing({ list: list(n, (i) => ({ k: `k${i}` })) })),
      send("POST", url, thing({ list: list(n, () => ({ k: "k" })) })),
      send("POST", url, thing({ free: JSON.parse(nested(900, '{"a":', "}")) as object })),
    ];
  },
  "deep values": () => [
    send(
      "POST",
      "/apis/apps/v1/namespaces/default/controllerrevisions",
      `{"metadata":{"name":"costly"},"revision":1,"data":${nested(990, '{"a":', "}")}}`,
    ),
  ],
  "strategic merge": (n) => {
    const env = (name: string): object[] => list(n, (i) => ({ name: `${name}${i}` }));
    return [
      send("POST", templates, {
        metadata: { name: "costly", finalizers: list(n / 4, (i) => `a.b/c${i}`) },
        template: { spec: { containers: [{ name: "c", image: "i", env: env("E") }] } },
      }),
      environment(strategic, "", env("F")),
      environment(strategic, "", [], { "$setElementOrder/env": env("E").toReversed() }),
      environment(
        strategic,
        "",
        list(n, (i) => ({ name: `E${i}`, $patch: "delete" })),
      ),
      send("PATCH", `${templates}/costly`, { metadata: { finalizers: list(n / 4, (i) => `a.b/d${i}`) } }, strategic),
      send(
        "PATCH",
        `${templates}/costly`,
        { metadata: { "$deleteFromPrimitiveList/finalizers": list(n / 4, (i) => `a.b/c${i}`) } },
        strategic,
      ),
    ];
  },
  "server-side apply": (n) => {
    const env = (value: string): object[] => list(n / 2, (i) => ({ name: `E${n - i}`, value }));
    return [
      environment(apply, "?fieldManager=m1", env("v")),
      environment(apply, "?fieldManager=m2&force=true", env("w")),
      environment(apply, "?fieldManager=m3", env("x")),
    ];
  },
  "JSON patches": (n) => {
    const long = list(n, () => 1);
    return [
      patch({ op: "add", path: "/x", value: long }, ...list(9_000, () => ({ op: "add", path: "/x/0", value: 1 }))),
      patch({ op: "add", path: "/x", value: long }, ...list(9_000, () => ({ op: "copy", from: "/x", path: "/y" }))),
      patch(
        { op: "add", path: "/x", value: long },
        ...list(9_000, (i) => ({ op: "move", from: i % 2 ? "/y" : "/x", path: i % 2 ? "/x" : "/y" })),
      ),
    ];
  },
};
