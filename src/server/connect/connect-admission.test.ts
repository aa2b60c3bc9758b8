import assert from "node:assert/strict";
import { test } from "node:test";
import type { AdmissionRequest } from "#server/admission/admission.ts";
import { refuse } from "#server/admission/refuse.ts";
import { testServer } from "#server/api-server.fake.ts";

test("connections are admitted with their options", async () => {
  const seen: AdmissionRequest[] = [];
  let reached = 0;
  const answer = (): Promise<{ type: "taken" }> => Promise.resolve((reached++, { type: "taken" }));
  await using server = await testServer({
    admission: () => [
      {
        name: "Watcher",
        validate: (request) => {
          seen.push(request);
          if (request.subresource === "attach") throw refuse(request, "not this one");
        },
      },
    ],
    handlers: () => Object.fromEntries(["exec", "attach", "log", "proxy"].map((name) => [`pods/${name}`, answer])),
  });
  seen.length = 0;
  const pod = "/api/v1/namespaces/n/pods/p";
  await server.ask("POST", `${pod}/exec?stdin=true&tty&container=c&command=ls&command=-l`);
  await server.ask("GET", `${pod}/proxy/a/b`);
  await server.ask("GET", `${pod}/log`);
  const refused = await server.ask("GET", `${pod}/attach?stdout=1`);
  assert.deepEqual([refused.code, refused.body.message], [403, 'pods "p" is forbidden: not this one']);
  assert.equal(reached, 3);
  assert.deepEqual(
    seen.map((r) => [r.operation, r.subresource, r.namespace, r.name, r.object]),
    [
      [
        "CONNECT",
        "exec",
        "n",
        "p",
        { kind: "PodExecOptions", apiVersion: "v1", stdin: true, tty: true, container: "c", command: ["ls", "-l"] },
      ],
      ["CONNECT", "proxy", "n", "p", { kind: "PodProxyOptions", apiVersion: "v1", path: "/a/b" }],
      ["CONNECT", "attach", "n", "p", { kind: "PodAttachOptions", apiVersion: "v1", stdout: true }],
    ],
  );
});

test("a proxy passes on every method, other subresources none that they do not know", async () => {
  const methods: string[] = [];
  await using server = await testServer({
    handlers: () => ({
      "pods/proxy": async (call) => {
        methods.push(call.method);
        return { type: "raw", code: 200, contentType: "text/plain", body: "" };
      },
    }),
  });
  const all = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
  for (const method of all) await server.ask(method, "/api/v1/namespaces/n/pods/p/proxy/x");
  assert.deepEqual(methods, all);
  assert.equal((await server.ask("OPTIONS", "/api/v1/namespaces/n/pods/p/status")).code, 405);
});
