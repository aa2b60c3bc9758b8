import assert from "node:assert/strict";
import { test } from "node:test";
import { forwardedPorts, logOptions, streamFlags } from "./query.ts";
import { routeOf, subresourceOf } from "./routes.ts";

const routes: [path: string, want: object | undefined, subresource?: string][] = [
  ["/healthz", { type: "healthz" }],
  ["/pods", { type: "pods" }],
  ["/pods/", { type: "pods" }],
  ["/stats/summary", { type: "summary" }, "stats"],
  ["/metrics", { type: "metrics" }, "metrics"],
  ["/metrics/cadvisor", { type: "cadvisorMetrics" }, "metrics"],
  ["/metrics/resource", { type: "resourceMetrics" }, "metrics"],
  ["/exec/ns/p/c", { type: "exec", namespace: "ns", pod: "p", container: "c" }],
  ["/exec/ns/p/u/c", { type: "exec", namespace: "ns", pod: "p", uid: "u", container: "c" }],
  ["/attach/ns/p/c%2Fd", { type: "attach", namespace: "ns", pod: "p", container: "c/d" }],
  ["/portForward/ns/p", { type: "portForward", namespace: "ns", pod: "p" }],
  ["/portForward/ns/p/u", { type: "portForward", namespace: "ns", pod: "p", uid: "u" }],
  ["/containerLogs/ns/p/c", { type: "containerLogs", namespace: "ns", pod: "p", container: "c" }],
  ["/containerLogs/ns/p/c/d", undefined],
  ["/exec/ns/p", undefined],
  ["/exec//p/c", undefined],
  ["/exec/ns/%/c", undefined],
  ["/logs/", undefined],
  ["/", undefined],
];
for (const [path, want, subresource = "proxy"] of routes)
  test(`path ${path}`, () => {
    const route = routeOf(path);
    assert.deepEqual(route, want);
    if (route) assert.equal(subresourceOf(route), subresource);
  });

const flags: [query: string, want: object | undefined][] = [
  ["input=1&output=1&error=1", { stdin: true, stdout: true, stderr: true, tty: false }],
  ["output=1&error=1&tty=1", { stdin: false, stdout: true, stderr: false, tty: true }],
  ["command=ls", undefined],
  ["error=1&tty=1", undefined],
];
for (const [query, want] of flags)
  test(`streams ${query}`, () => assert.deepEqual(streamFlags(new URLSearchParams(query)), want));

const ports: [query: string, want: readonly number[] | undefined][] = [
  ["", []],
  ["port=80&port=81,82", [80, 81, 82]],
  ["port=x", undefined],
  ["port=0", undefined],
  ["port=65536", undefined],
];
for (const [query, want] of ports)
  test(`ports "${query}"`, () => assert.deepEqual(forwardedPorts(new URLSearchParams(query)), want));

const plain = { follow: false, previous: false, timestamps: false, stream: "All" };
const now = Date.UTC(2026, 0, 1);
const options: [query: string, want: object | undefined][] = [
  ["", plain],
  ["follow=true&previous=1&timestamps=true", { ...plain, follow: true, previous: true, timestamps: true }],
  ["tailLines=0&limitBytes=7", { ...plain, tailLines: 0, limitBytes: 7 }],
  ["sinceSeconds=60", { ...plain, since: BigInt(now - 60_000) * 1_000_000n }],
  ["sinceTime=2026-01-01T00:00:00.5Z", { ...plain, since: BigInt(now + 500) * 1_000_000n }],
  ["stream=Stderr", { ...plain, stream: "Stderr" }],
  ["stream=x", undefined],
  ["tailLines=-1", undefined],
  ["limitBytes=0", undefined],
  ["sinceTime=x", undefined],
];
for (const [query, want] of options)
  test(`log options "${query}"`, () => assert.deepEqual(logOptions(new URLSearchParams(query), now), want));
