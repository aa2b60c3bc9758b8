import assert from "node:assert/strict";
import { test } from "node:test";
import { decodedAnswer, failureText } from "./answer-text.ts";

test("answers of failure", () => {
  const status = JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", message: "not you" });
  const cases: readonly (readonly [number, string | undefined, string, string])[] = [
    [500, undefined, "boom\n", 'an error on the server ("boom") has prevented the request from succeeding'],
    [500, "application/json", "boom", 'an error on the server ("unknown") has prevented the request from succeeding'],
    [404, "text/plain", "nothing", "the server could not find the requested resource"],
    [404, undefined, '{"kind":"Status","message":"nothing"}', "the server could not find the requested resource"],
    [403, "application/json", status, "not you"],
    [302, undefined, "", "unknown"],
  ];
  for (const [code, type, answer, expected] of cases) assert.equal(failureText(code, type, answer), expected);
});

test("answers that are none", () => {
  assert.deepEqual(decodedAnswer('{"a":1}'), { a: 1 });
  assert.throws(() => decodedAnswer("junk"), /json parse error: json: cannot unmarshal string into Go value/);
  assert.throws(() => decodedAnswer("{"), /json parse error: unexpected end of JSON input/);
});
