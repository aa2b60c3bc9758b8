import assert from "node:assert/strict";
import { test } from "node:test";
import { testServer } from "#server/api-server.fake.ts";

test("health, as a word or in detail", async () => {
  let failure: string | undefined;
  await using server = await testServer({ healthChecks: [{ name: "disk", check: () => failure }] });
  const ask = async (url: string): Promise<[number, string]> => {
    const { code, body } = await server.ask("GET", url);
    return [code, String(body)];
  };
  assert.deepEqual(await ask("/healthz"), [200, "ok"]);
  const [code, text] = await ask("/readyz?verbose");
  assert.equal(code, 200);
  assert.match(text, /^\[\+\]ping ok$/m);
  assert.match(text, /readyz check passed\n$/);
  failure = "full";
  const [failed, why] = await ask("/livez");
  assert.equal(failed, 500);
  assert.match(why, /^\[-\]disk failed: reason withheld$/m);
  assert.deepEqual(await ask("/livez?exclude=disk"), [200, "ok"]);
  assert.match((await ask("/livez?exclude=disk&exclude=other&verbose"))[1], /no matches for "other"/);
  assert.deepEqual(await ask("/healthz/ping"), [200, "ok"]);
  assert.deepEqual(await ask("/healthz/disk"), [500, "internal server error: disk failed\n"]);
  assert.equal((await ask("/healthz/nothing"))[0], 404);
  assert.equal((await ask("/healthz/"))[0], 404);
  assert.deepEqual(await ask("/readyz/poststarthook/rbac/bootstrap-roles"), [200, "ok"]);
  // Each knows some checks of its own.
  const at = async (name: string): Promise<number[]> =>
    Promise.all(["healthz", "livez", "readyz"].map(async (e) => (await ask(`/${e}/${name}`))[0]));
  assert.deepEqual(await at("informer-sync"), [404, 404, 200]);
  assert.deepEqual(await at("shutdown"), [404, 404, 200]);
  assert.deepEqual(await at("loopback-serving-certificate"), [200, 200, 404]);
  assert.match((await ask("/livez?verbose&exclude=z&exclude=a"))[1], /no matches for "a","z"/);
});

test("the outcomes of health checks are metrics", async () => {
  let failure: string | undefined;
  await using server = await testServer({ healthChecks: [{ name: "disk", check: () => failure }] });
  await server.ask("GET", "/readyz");
  failure = "full";
  await server.ask("GET", "/readyz");
  const { body } = await server.ask("GET", "/metrics/slis");
  assert.match(String(body), /^kubernetes_healthcheck\{name="ping",type="readyz"\} 1$/m);
  assert.match(String(body), /^kubernetes_healthcheck\{name="disk",type="readyz"\} 0$/m);
  assert.match(String(body), /^kubernetes_healthchecks_total\{name="disk",status="error",type="readyz"\} 1$/m);
});

test("metrics count requests by what they were about", async () => {
  await using server = await testServer({ admission: () => [{ name: "Own", admit: () => undefined }] });
  await server.create("/api/v1/namespaces/a/configmaps", { metadata: { name: "one" } });
  await server.ask("GET", "/api/v1/namespaces/a/configmaps/two");
  await server.ask("GET", "/some/where");
  const text = String((await server.ask("GET", "/metrics")).body);
  const lines = text.split("\n");
  const has = (...parts: readonly string[]): boolean =>
    lines.some((line) => parts.every((part) => line.includes(part)));
  const labels = 'component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource=""';
  assert.ok(has(`apiserver_request_total{code="201",${labels},verb="POST",version="v1"} 1`), text);
  assert.ok(has("apiserver_request_sli_duration_seconds_count{", 'resource="configmaps"', 'verb="POST"', "} 1"));
  assert.ok(has('apiserver_current_inflight_requests{request_kind="readOnly"} 1'));
  assert.ok(has('etcd_requests_total{group="",operation="create",resource="configmaps"} 1'));
  assert.ok(has('apiserver_resource_objects{group="",resource="configmaps"} 1'));
  const step = 'operation="CREATE",rejected="false",type="admit"';
  assert.ok(has(`apiserver_admission_step_admission_duration_seconds_count{${step}} `));
  assert.ok(has(`admission_controller_admission_duration_seconds_count{name="Own",${step}} `));
  assert.ok(has('authentication_attempts{result="success"} '));
  assert.ok(has('authorization_attempts_total{result="allowed"} '));
  assert.ok(has("kubernetes_build_info{", 'minor="36"', "} 1"));
  assert.ok(has('apiserver_storage_objects{resource="configmaps"} 1'));
  assert.ok(has("apiserver_request_duration_seconds_bucket{", 'resource="configmaps"', 'le="+Inf"'));
  assert.ok(!text.includes("where"));
});

test("the version is a semantic one", async () => {
  await using server = await testServer();
  const version = JSON.parse(String((await server.ask("GET", "/version")).body)) as Record<string, string>;
  assert.match(version["gitVersion"]!, /^v1\.36\.\d+(-[a-z]+)?$/);
  assert.deepEqual([version["major"], version["minor"]], ["1", "36"]);
});
