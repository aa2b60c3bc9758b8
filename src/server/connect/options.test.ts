import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pod } from "#api/core/pod.ts";
import { containerOf, logQuery, portForwardQuery, streamQuery } from "./options.ts";

const pod = (containers: readonly string[], init: readonly string[] = []): Pod =>
  ({
    metadata: { name: "p" },
    spec: { containers: containers.map((name) => ({ name })), initContainers: init.map((name) => ({ name })) },
    status: {},
  }) as unknown as Pod;

const choices: [what: string, pod: Pod, asked: string, want: string | RegExp][] = [
  ["the only container", pod(["a"]), "", "a"],
  ["a named one", pod(["a", "b"]), "b", "b"],
  ["an init container", pod(["a"], ["i"]), "i", "i"],
  ["several", pod(["a", "b"], ["i"]), "", /^a container name must be specified for pod p, choose one of: \[i a b\]$/],
  ["none", pod([]), "", /^a container name must be specified for pod p$/],
  ["an unknown one", pod(["a"]), "x", /^container x is not valid for pod p$/],
];
for (const [what, of, asked, want] of choices)
  test(`container: ${what}`, () => {
    if (typeof want === "string") assert.equal(containerOf(of, asked), want);
    else assert.throws(() => containerOf(of, asked), { reason: "BadRequest", message: want });
  });

const translate = (made: (query: URLSearchParams) => URLSearchParams, text: string): string =>
  made(new URLSearchParams(text)).toString();
const queries: [ours: string, theirs: string][] = [
  [
    "stdin=true&stdout=1&stderr=TRUE&tty&command=ls&command=-l&container=c",
    "input=1&output=1&error=1&tty=1&command=ls&command=-l",
  ],
  ["stdin=false&stdout=0&tty=False&command=a%26b", "command=a%26b"],
];
for (const [ours, theirs] of queries) test(`exec ${ours}`, () => assert.equal(translate(streamQuery, ours), theirs));
test("port-forward", () => {
  assert.equal(translate(portForwardQuery, "ports=80&ports=81,82"), "port=80%2C81%2C82");
  assert.equal(translate(portForwardQuery, ""), "");
  const why = "cannot convert to []int32: strconv.ParseUint: parsing";
  assert.throws(() => translate(portForwardQuery, "ports=x"), { message: `${why} "x": invalid syntax` });
  assert.throws(() => translate(portForwardQuery, "ports=99999"), { message: `${why} "99999": value out of range` });
});

const logs: [ours: string, theirs: string | RegExp][] = [
  ["", ""],
  ["follow=true&previous=false&timestamps=1&container=c&pretty=x", "follow=true&timestamps=true"],
  ["tailLines=0&limitBytes=5&sinceSeconds=1", "sinceSeconds=1&tailLines=0&limitBytes=5"],
  ["sinceTime=2026-01-01T00:00:00Z", "sinceTime=2026-01-01T00%3A00%3A00Z"],
  ["tailLines=-1", /^PodLogOptions "p" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0$/],
  ["limitBytes=0", /limitBytes: Invalid value: 0: must be greater than 0$/],
  ["sinceSeconds=0", /sinceSeconds: Invalid value: 0: must be greater than 0$/],
  [
    "sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z",
    /Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified$/,
  ],
  ["stream=Stderr", /^PodLogOptions "p" is invalid: stream: Forbidden: may not be specified$/],
  ["tailLines=x", /^strconv.ParseInt: parsing "x": invalid syntax$/],
  [
    "sinceTime=yesterday",
    /^parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"$/,
  ],
];
for (const [ours, theirs] of logs)
  test(`log ${ours}`, () => {
    const made = (query: URLSearchParams): URLSearchParams => logQuery(query, "p");
    if (typeof theirs === "string") assert.equal(translate(made, ours), theirs);
    else assert.throws(() => translate(made, ours), { message: theirs });
  });
