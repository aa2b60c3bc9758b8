import assert from "node:assert/strict";
import { test } from "node:test";
import { testServer } from "#server/api-server.fake.ts";

const url = "/api/v1/namespaces/a/configmaps";

test("the server fills in what belongs to it", async () => {
  await using server = await testServer();
  const metadata = {
    name: "one",
    uid: "mine",
    creationTimestamp: "2001-01-01T00:00:00Z",
    generation: 7,
    deletionTimestamp: "2001-01-01T00:00:00Z",
    deletionGracePeriodSeconds: 1,
    selfLink: "/here",
  };
  const { code, body } = await server.ask("POST", url, { metadata, data: { a: "1" } });
  assert.equal(code, 201);
  assert.match(body.metadata.uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  const { uid: _, resourceVersion, managedFields: _managed, ...rest } = body.metadata;
  assert.deepEqual(rest, {
    name: "one",
    // Of a kind that does not count its generations.
    generation: 7,
    namespace: "a",
    creationTimestamp: "2026-01-01T00:00:00Z",
  });
  assert.equal(resourceVersion, String(await server.store.revision()));
  assert.ok(Object.isFrozen(body) && Object.isFrozen(body.metadata) && Object.isFrozen(body.data));
  const { value } = (await server.store.get("/registry/core/configmaps/a/one")).entry!;
  const text = Buffer.from(value).toString();
  assert.ok(text.startsWith('{"kind":"ConfigMap","apiVersion":"v1","metadata":{'), text);
  assert.ok(!text.includes("resourceVersion"));
});

test("generation and status of a new object", async () => {
  await using server = await testServer();
  const labels = { app: "x" };
  const body = await server.create("/apis/apps/v1/namespaces/a/deployments", {
    metadata: { name: "d", generation: 4 },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } },
    },
    status: { replicas: 9 },
  });
  assert.equal(body.metadata.generation, 1);
  assert.deepEqual(body.status, {});
});

test("names are made up until one is free", async () => {
  await using server = await testServer();
  const made = await server.create(url, { metadata: { generateName: `${"n".repeat(70)}-` } });
  assert.match(made.metadata.name, /^n{58}[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  // Chance that always says the same leaves one name only.
  await using stuck = await testServer({ random: { next: () => 0, bytes: (n) => new Uint8Array(n) } });
  assert.equal((await stuck.create(url, { metadata: { generateName: "a-" } })).metadata.name, "a-bbbbb");
  const { code, body } = await stuck.ask("POST", url, { metadata: { generateName: "a-" } });
  assert.equal(code, 409);
  assert.equal(body.reason, "AlreadyExists");
  assert.match(body.message, /^configmaps "a-bbbbb" already exists, the server was not able to generate a unique name/);
});

test("what is made of an object knows the name that was made up for it", async () => {
  await using server = await testServer();
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } };
  const made = { metadata: { generateName: "made-" } };
  const job = await server.create("/apis/batch/v1/namespaces/a/jobs", { ...made, spec: { template } });
  assert.equal(job.spec.template.metadata.labels["batch.kubernetes.io/job-name"], job.metadata.name);
  const namespace = await server.create("/api/v1/namespaces", made);
  assert.equal(namespace.metadata.labels["kubernetes.io/metadata.name"], namespace.metadata.name);
});

test("what a create refuses", async () => {
  await using server = await testServer();
  await server.create(url, { metadata: { name: "one" } });
  await server.create(url, { metadata: { name: "leaving", finalizers: ["example.com/hold"] } });
  await server.delete(`${url}/leaving`);
  const cases: readonly (readonly [unknown, number, RegExp, string?])[] = [
    [{ metadata: { name: "one" } }, 409, /^configmaps "one" already exists$/],
    [{ metadata: { name: "leaving" } }, 409, /^object is being deleted: configmaps "leaving" already exists$/],
    [
      { metadata: { name: "two", resourceVersion: "3" } },
      400,
      /^resourceVersion should not be set on objects to be created$/,
    ],
    [
      { metadata: { name: "No", resourceVersion: "3" } },
      422,
      /^ConfigMap "No" is invalid: metadata.name: Invalid value: "No": a lowercase RFC 1123 subdomain/,
    ],
    [
      { metadata: { name: "two", namespace: "b" } },
      400,
      /^the namespace of the provided object does not match the namespace sent on the request$/,
    ],
    [
      { metadata: {} },
      422,
      /^ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required$/,
    ],
    [
      { metadata: { name: "No" } },
      422,
      /^ConfigMap "No" is invalid: metadata.name: Invalid value: "No": a lowercase RFC 1123 subdomain/,
    ],
    [{ kind: "Secret", metadata: { name: "two" } }, 400, /^Secret in version "v1" cannot be handled as a ConfigMap/],
    [
      { apiVersion: "v2", metadata: { name: "two" } },
      400,
      /^ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2"/,
    ],
    [
      { metadata: { name: "two" }, data: { a: 1 } },
      400,
      /^ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into/,
    ],
    ["{", 400, /unexpected end of JSON input/],
    ["", 400, /unexpected end of JSON input \(<empty>\)/],
  ];
  for (const [body, code, message] of cases) {
    const answer = await server.ask("POST", url, body);
    assert.equal(answer.code, code, JSON.stringify(body));
    assert.match(answer.body.message, message);
  }
  const unknown = await server.ask("POST", url, "a: b", { contentType: "text/html" });
  assert.equal(unknown.code, 415);
  assert.match(
    unknown.body.message,
    /^the body of the request was in an unknown format - accepted media types include: application\/json, application\/yaml/,
  );
});

test("field validation ignores, warns or refuses", async () => {
  await using server = await testServer();
  const text = '{"metadata":{"name":"n","nme":"x"},"dta":{},"data":{"a":"1","a":"2"}}';
  const findings = ['unknown field "metadata.nme"', 'unknown field "dta"', 'duplicate field "data.a"'];
  const warned = await server.ask("POST", url, text.replace('"n"', '"warned"'));
  assert.equal(warned.code, 201);
  assert.deepEqual([...warned.warnings].toSorted(), [...findings].toSorted());
  assert.deepEqual(warned.body.data, { a: "2" });
  const ignored = await server.ask("POST", `${url}?fieldValidation=Ignore`, text.replace('"n"', '"ignored"'));
  assert.deepEqual([ignored.code, ignored.warnings], [201, []]);
  const strict = await server.ask("POST", `${url}?fieldValidation=Strict`, text);
  assert.equal(strict.code, 400);
  assert.match(
    strict.body.message,
    /^ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: /,
  );
  for (const finding of findings) assert.ok(strict.body.message.includes(finding), strict.body.message);
  const wrong = await server.ask("POST", `${url}?fieldValidation=Maybe`, text);
  assert.equal(wrong.code, 422);
  assert.match(
    wrong.body.message,
    /^CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Maybe"/,
  );
});

test("a dry run stores nothing", async () => {
  await using server = await testServer();
  const before = await server.store.revision();
  const dry = await server.ask("POST", `${url}?dryRun=All`, { metadata: { generateName: "x-" } });
  assert.equal(dry.code, 201);
  assert.match(dry.body.metadata.name, /^x-.{5}$/);
  assert.equal(dry.body.metadata.resourceVersion, undefined);
  assert.equal(await server.store.revision(), before);
  await server.create(url, { metadata: { name: "one" } });
  assert.equal((await server.ask("POST", `${url}?dryRun=All`, { metadata: { name: "one" } })).code, 409);
  assert.equal((await server.ask("POST", `${url}?dryRun=Some`, { metadata: { name: "two" } })).code, 422);
});

test("YAML bodies", async () => {
  await using server = await testServer();
  const made = await server.ask("POST", url, "metadata:\n  name: yam\ndata:\n  a: 'yes'\n", {
    contentType: "application/yaml",
  });
  assert.equal(made.code, 201);
  assert.deepEqual(made.body.data, { a: "yes" });
});

test("two versions of one object", async () => {
  await using server = await testServer();
  const events = "/apis/events.k8s.io/v1/namespaces/a/events";
  const regarding = { kind: "Pod", namespace: "a", name: "p" };
  const made = await server.ask("POST", events, {
    metadata: { name: "e", namespace: "a" },
    eventTime: "2026-01-01T00:00:00.000000Z",
    reportingController: "example.com/x",
    reportingInstance: "x-1",
    action: "Do",
    reason: "Done",
    type: "Normal",
    regarding,
    note: "hello",
  });
  assert.equal(made.code, 201, JSON.stringify(made.body));
  const core = await server.get("/api/v1/namespaces/a/events/e");
  assert.equal(core.apiVersion, "v1");
  assert.deepEqual(core.involvedObject, regarding);
  assert.equal(core.message, "hello");
  assert.equal((await server.get(`${events}/e`)).note, "hello");
});

test("bodies of which not even the type can be read", async () => {
  await using server = await testServer();
  const head = "the object provided is unrecognized (must be of type ConfigMap): ";
  const struct =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  const parse = "couldn't get version/kind; json parse error: ";
  const cases: readonly (readonly [string, string])[] = [
    ["", `${head}${parse}unexpected end of JSON input (<empty>)`],
    ["{", `${head}${parse}unexpected end of JSON input ({)`],
    ["5", `${head}${parse}json: cannot unmarshal number into Go value of type ${struct} (35)`],
    ["[]", `${head}${parse}json: cannot unmarshal array into Go value of type ${struct} (5b5d)`],
    [
      '{"kind":5}',
      `${head}${parse}json: cannot unmarshal number into Go struct field .kind of type string ({"kind":5})`,
    ],
    ['{"apiVersion":"a/b/c"}', `${head}unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c"})`],
    [`{"a":"${"x".repeat(40)}"`, `${head}${parse}unexpected end of JSON input ({"a":"${"x".repeat(24)} ...)`],
    [
      '{"kind":"Nope"}',
      'Nope in version "v1" cannot be handled as a ConfigMap: no kind "Nope" is registered for version "v1" in scheme ' +
        '"pkg/runtime/scheme.go:111"',
    ],
    [
      '{"kind":"Deployment","apiVersion":"apps/v1"}',
      'Deployment in version "v1" cannot be handled as a ConfigMap: converting (v1.Deployment) to (core.ConfigMap): ' +
        "unknown conversion",
    ],
  ];
  for (const [body, message] of cases) {
    const answer = await server.ask("POST", url, body);
    assert.deepEqual([answer.code, answer.body.message], [400, message]);
  }
  for (const [contentType, code] of [
    ["APPLICATION/JSON", 422],
    ["application/json;foo", 415],
    ["application/json; charset=utf-8", 422],
    ["application/yaml", 422],
  ] as const)
    assert.equal((await server.ask("POST", url, "{}", { contentType })).code, code, contentType);
});

test("findings are told in the order of the text", async () => {
  await using server = await testServer();
  const pods = "/api/v1/namespaces/a/pods";
  const body =
    '{"metadata":{"name":"p"},"stat":1,"spec":{"containers":[{"name":"c","zz":1,"image":"i","image":"j","aa":1}],"nope":1}}';
  const { warnings } = await server.ask("POST", pods, body);
  assert.deepEqual(warnings, [
    'unknown field "stat"',
    'unknown field "spec.containers[0].zz"',
    'duplicate field "spec.containers[0].image"',
    'unknown field "spec.containers[0].aa"',
    'unknown field "spec.nope"',
  ]);
});

test("options and their texts", async () => {
  await using server = await testServer();
  const cases: readonly (readonly [string, RegExp])[] = [
    ["dryRun=", /dryRun: Unsupported value: \[""\]: supported values: "All"$/],
    ["fieldValidation=x", /Unsupported value: "x": supported values: "", "Ignore", "Strict", "Warn"$/],
    ["fieldManager=a%C2%A0", /"a\\u00a0": invalid character U\+00A0 \(at position 1\)$/],
    [`dryRun=x&fieldManager=${"x".repeat(129)}`, /invalid: \[fieldManager: Too long.*, dryRun: Unsupported/],
  ];
  for (const [query, message] of cases) {
    const answer = await server.ask("POST", `${url}?${query}`, { metadata: { name: "one" } });
    assert.equal(answer.code, 422);
    assert.match(answer.body.message, message);
  }
  const named = await server.create(
    url,
    { metadata: { name: "ua" }, data: { a: "1" } },
    { headers: { "user-agent": "Ã¤/1" } },
  );
  assert.equal(named.metadata.managedFields[0].manager, "ä");
});

test("the template's generation of a DaemonSet belongs to who writes it", async () => {
  await using server = await testServer();
  const template = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "i" }] } };
  const spec = { selector: { matchLabels: { a: "b" } }, template };
  const made = await server.create("/apis/apps/v1/namespaces/a/daemonsets", { metadata: { name: "d" }, spec });
  assert.deepEqual(made.metadata.managedFields[0].fieldsV1["f:metadata"], {
    "f:annotations": { ".": {}, "f:deprecated.daemonset.template.generation": {} },
  });
});
