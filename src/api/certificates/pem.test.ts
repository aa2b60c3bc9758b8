import { test } from "node:test";
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { certificateProblem, requestOrganizations, requestProblem } from "./pem.ts";

/** Values of at most 65535 bytes. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const attribute = (identifier: string, text: string, tag = 0x0c): Buffer =>
  der(0x31, sequence(der(0x06, Buffer.from(identifier, "hex")), der(tag, Buffer.from(text))));
const [organization, commonName] = ["55040a", "550403"];
const pem = (type: string, body: Uint8Array, headers = ""): string =>
  `-----BEGIN ${type}-----\n${headers}${Buffer.from(body).toString("base64")}\n-----END ${type}-----\n`;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const signers = {
  rsa: { ...generateKeyPairSync("rsa", { modulusLength: 2048 }), hash: "sha256", identifier: "2a864886f70d01010b" },
  ecdsa: { ...generateKeyPairSync("ec", { namedCurve: "P-256" }), hash: "sha384", identifier: "2a8648ce3d040303" },
  ed25519: { ...generateKeyPairSync("ed25519"), hash: null, identifier: "2b6570" },
} as const;
interface Damage {
  readonly signed?: Uint8Array;
  readonly identifier?: string;
}
function request(signer: keyof typeof signers, subject: readonly Buffer[] = [], damage: Damage = {}): Buffer {
  const { publicKey, privateKey, hash, identifier } = signers[signer];
  const key = publicKey.export({ type: "spki", format: "der" });
  const asked = sequence(der(0x02, Buffer.of(0)), sequence(...subject), key, der(0xa0));
  const signature = sign(hash, damage.signed ?? asked, privateKey);
  const algorithm = sequence(der(0x06, Buffer.from(damage.identifier ?? identifier, "hex")));
  return sequence(asked, algorithm, der(0x03, Buffer.of(0), signature));
}
const asText = (body: Uint8Array): string => base64(pem("CERTIFICATE REQUEST", body));

test("a request that its key has signed is fine, whatever the key", () => {
  for (const signer of ["rsa", "ecdsa", "ed25519"] as const)
    assert.equal(requestProblem(asText(request(signer))), undefined, signer);
});

test("what is wrong with a request", () => {
  const forged = { signed: Buffer.from("something else") };
  const table: readonly [string, string][] = [
    ["", "PEM block type must be CERTIFICATE REQUEST"],
    [base64("hello"), "PEM block type must be CERTIFICATE REQUEST"],
    [base64(pem("CERTIFICATE", request("ecdsa"))), "PEM block type must be CERTIFICATE REQUEST"],
    [asText(Buffer.from("hello")), "asn1: structure error: data truncated"],
    [asText(sequence()), "asn1: structure error: tags don't match"],
    [asText(request("rsa", [], forged)), "crypto/rsa: verification error"],
    [asText(request("ecdsa", [], forged)), "x509: ECDSA verification failure"],
    [asText(request("ed25519", [], forged)), "x509: Ed25519 verification failure"],
    [asText(request("ecdsa", [], { identifier: "2a0304" })), "x509: cannot verify signature: algorithm unimplemented"],
  ];
  for (const [text, problem] of table) assert.equal(requestProblem(text), problem);
});

test("the groups that a request asks for", () => {
  const subject = [
    attribute(commonName, "system:node:a"),
    attribute(organization, "system:nodes"),
    attribute(organization, "équipe"),
    attribute(organization, "\0A\0B", 0x1e),
  ];
  assert.deepEqual(requestOrganizations(asText(request("ecdsa", subject))), ["system:nodes", "équipe", "AB"]);
  assert.deepEqual(requestOrganizations(asText(request("ecdsa"))), []);
  for (const text of ["", base64("hello"), asText(Buffer.from("hello"))])
    assert.deepEqual(requestOrganizations(text), []);
});

test("certificates, and what is wrong with them", () => {
  const name = sequence(attribute(commonName, "a"));
  const { publicKey, privateKey, hash, identifier } = signers.ecdsa;
  const algorithm = sequence(der(0x06, Buffer.from(identifier, "hex")));
  const time = (text: string): Buffer => der(0x17, Buffer.from(text));
  const key = publicKey.export({ type: "spki", format: "der" });
  const validity = sequence(time("260101000000Z"), time("270101000000Z"));
  const body = sequence(der(0x02, Buffer.of(1)), algorithm, name, validity, name, key);
  const certificate = sequence(body, algorithm, der(0x03, Buffer.of(0), sign(hash, body, privateKey)));
  const good = pem("CERTIFICATE", certificate);
  const table: readonly [string, string | undefined][] = [
    ["", undefined],
    [good, undefined],
    [`before\n${good}between\n${good}`, undefined],
    ["hello", "must contain at least one CERTIFICATE PEM block"],
    [good + pem("PRIVATE KEY", certificate), 'only CERTIFICATE PEM blocks are allowed, found "PRIVATE KEY"'],
    [pem("CERTIFICATE", certificate, "a: b\n"), "no PEM block headers are permitted"],
    [pem("CERTIFICATE", Buffer.alloc(0)), "found CERTIFICATE PEM block containing 0 certificates"],
    [pem("CERTIFICATE", Buffer.from("hello")), "x509: malformed certificate"],
  ];
  for (const [text, problem] of table) assert.equal(certificateProblem(base64(text)), problem, text);
});
