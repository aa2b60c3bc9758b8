// What expressions ask an authorizer, and how they wait for an answer that is not there yet.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../environment.ts";
import { admissionVariables } from "./admission-types.ts";
import { createAuthorizer, requestResourceOf } from "./authorizer.ts";
import type { AuthorizationAnswer, AuthorizationQuestion, Authorize } from "./authorizer.ts";
import { createKubernetesEnvironment, perCallLimit } from "./environment.ts";

const env = createKubernetesEnvironment({ variables: admissionVariables({ authorizer: true }) });
const user = { name: "jane", groups: ["dev"] };
const signal = new AbortController().signal;
function programOf(expression: string) {
  const compiled = compile(env, expression);
  if ("issues" in compiled) assert.fail(compiled.message);
  return compiled.program;
}
function activationOf(authorize: Authorize) {
  const authorizer = createAuthorizer(authorize, user);
  const resource = { group: "apps", resource: "deployments", subresource: "", namespace: "ns", name: "web" };
  return { authorizer, "authorizer.requestResource": requestResourceOf(authorizer, resource) };
}
function asked(expression: string, answer: AuthorizationAnswer = { allowed: true }) {
  const questions: AuthorizationQuestion[] = [];
  const activation = activationOf((question) => {
    questions.push(question);
    return answer;
  });
  const { value, cost } = programOf(expression).evaluate(activation);
  return { value, cost, questions };
}
const blank = { group: "", subresource: "", namespace: "", name: "", fieldSelector: "", labelSelector: "" };

test("checks ask for paths and resources", () => {
  assert.deepEqual(asked("authorizer.path('/healthz').check('get').allowed()").questions, [
    { user, verb: "get", path: "/healthz" },
  ]);
  assert.deepEqual(
    asked(
      "authorizer.group('apps').resource('deployments').subresource('scale').namespace('ns').name('web').check('update').allowed()",
    ).questions,
    [
      {
        user,
        verb: "update",
        resource: {
          ...blank,
          group: "apps",
          resource: "deployments",
          subresource: "scale",
          namespace: "ns",
          name: "web",
        },
      },
    ],
  );
  assert.deepEqual(asked("authorizer.requestResource.check('delete').allowed()").questions, [
    {
      user,
      verb: "delete",
      resource: { ...blank, group: "apps", resource: "deployments", namespace: "ns", name: "web" },
    },
  ]);
  assert.deepEqual(
    asked(
      "authorizer.group('').resource('pods').fieldSelector('spec.nodeName=n').labelSelector('a=b').check('list').allowed()",
    ).questions,
    [
      {
        user,
        verb: "list",
        resource: { ...blank, resource: "pods", fieldSelector: "spec.nodeName=n", labelSelector: "a=b" },
      },
    ],
  );
  const [question] = asked("authorizer.serviceAccount('ns', 'robot').path('/x').check('get').allowed()").questions;
  assert.deepEqual(question?.user, {
    name: "system:serviceaccount:ns:robot",
    groups: ["system:serviceaccounts", "system:serviceaccounts:ns"],
  });
});

test("decisions tell what was decided and why", () => {
  const read = (what: string, answer: AuthorizationAnswer) =>
    asked(`authorizer.path('/x').check('get').${what}()`, answer).value;
  assert.equal(read("allowed", { allowed: false }), false);
  assert.equal(read("reason", { allowed: true, reason: "because" }), "because");
  assert.equal(read("errored", { allowed: false }), false);
  assert.equal(read("errored", { allowed: false, error: "no" }), true);
  assert.equal(read("error", { allowed: false, error: "no" }), "no");
});

test("one question is asked once in an evaluation, and a check is dear", () => {
  const check = "authorizer.path('/x').check('get').allowed()";
  const { questions, cost } = asked(`${check} && ${check}`);
  assert.equal(questions.length, 1);
  assert.equal(cost, 700_006);
  assert.throws(
    () =>
      programOf(`${check} && ${check} && ${check}`).evaluate(
        activationOf(() => ({ allowed: true })),
        { costLimit: perCallLimit },
      ),
    {
      reason: "cost",
    },
  );
});

test("an evaluation waits for answers", async () => {
  const questions: string[] = [];
  const activation = activationOf(async ({ verb }) => {
    questions.push(verb);
    return { allowed: verb === "get" };
  });
  const program = programOf("['get', 'list'].filter(v, authorizer.requestResource.check(v).allowed()).join(',')");
  const { value, cost } = await program.evaluateAsync(activation, {}, signal);
  assert.equal(value, "get");
  assert.deepEqual(questions, ["get", "list"]);
  assert.equal(cost, program.evaluate(activation).cost);
});

test("what waits may be given up", async () => {
  const abort = new AbortController();
  const { promise, resolve } = Promise.withResolvers<AuthorizationAnswer>();
  const program = programOf("authorizer.path('/x').check('get').allowed()");
  const waiting = program.evaluateAsync(
    activationOf(() => promise),
    {},
    abort.signal,
  );
  abort.abort(new Error("given up"));
  resolve({ allowed: true });
  await assert.rejects(waiting, /given up/);
});

test("questions that make no sense fail", () => {
  const failing: readonly (readonly [string, string])[] = [
    ["authorizer.path('').check('get').allowed()", "path must not be empty"],
    ["authorizer.group('').resource(' ').check('get').allowed()", "resource must not be empty"],
    ["authorizer.serviceAccount('ns', 'Bad_Name').path('/x').check('get').allowed()", "Invalid service account name"],
    ["authorizer.serviceAccount('Ns', 'name').path('/x').check('get').allowed()", "Invalid service account namespace"],
  ];
  for (const [expression, message] of failing)
    assert.throws(() => asked(expression), { name: "CelError", message }, expression);
});
