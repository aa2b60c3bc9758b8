// Certificate requests and certificates in PEM form: whether they are what they should be. A request is read as far as
// its own signature can be checked, which proves that whoever made it has the key.
import { X509Certificate, createPublicKey, verify, type KeyObject } from "node:crypto";

export interface Block {
  readonly type: string;
  readonly hasHeaders: boolean;
  readonly der: Buffer;
}
const blockForm = /-----BEGIN ([^-\n]+)-----\r?\n((?:[^\n:]+: [^\n]*\n)*)([A-Za-z0-9+/=\s]*?)-----END \1-----/g;
export const pemBlocks = (text: string): Block[] =>
  [...text.matchAll(blockForm)].map(([, type = "", headers, body = ""]) => ({
    type,
    hasHeaders: Boolean(headers),
    der: Buffer.from(body, "base64"),
  }));
/** `base64` is the text of the blocks as bytes fields carry it. */
const blocksOf = (base64: string): Block[] => pemBlocks(Buffer.from(base64, "base64").toString("latin1"));

/** What is wrong with a request to sign, if anything. */
export function requestProblem(base64: string): string | undefined {
  const [block] = blocksOf(base64);
  if (block?.type !== "CERTIFICATE REQUEST") return "PEM block type must be CERTIFICATE REQUEST";
  try {
    return signatureProblem(block.der);
  } catch (error) {
    return error instanceof DerError ? `asn1: structure error: ${error.message}` : "x509: malformed public key";
  }
}
/** The organizations of a request's subject, which would be the groups of its user; none of what cannot be read. */
export function requestOrganizations(base64: string): string[] {
  const [block] = blocksOf(base64);
  try {
    const parts = readElements(expectElement(readElements(block?.der ?? Buffer.alloc(0)), 0, sequence).content);
    const subject = expectElement(readElements(expectElement(parts, 0, sequence).content), 1, sequence);
    const attributes = readElements(subject.content).flatMap((set) => readElements(set.content));
    return attributes.flatMap(({ content }) => {
      const [identifier, value] = readElements(content);
      return identifier?.content.toString("hex") === organization && value ? [textOf(value)] : [];
    });
  } catch (error) {
    if (error instanceof DerError) return [];
    throw error;
  }
}
/** 2.5.4.10 */
const organization = "55040a";
const bmpString = 0x1e;
const textOf = ({ tag, content }: Element): string =>
  tag === bmpString && content.length % 2 === 0
    ? Buffer.from(content).swap16().toString("utf16le")
    : content.toString("utf8");

/** What is wrong with issued certificates, if anything. */
export function certificateProblem(base64: string): string | undefined {
  if (base64 === "") return undefined;
  const blocks = blocksOf(base64);
  for (const { type, hasHeaders, der } of blocks) {
    if (type !== "CERTIFICATE") return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`;
    if (hasHeaders) return "no PEM block headers are permitted";
    if (der.length === 0) return "found CERTIFICATE PEM block containing 0 certificates";
    if (!isCertificate(der)) return "x509: malformed certificate";
  }
  return blocks.length === 0 ? "must contain at least one CERTIFICATE PEM block" : undefined;
}
function isCertificate(der: Buffer): boolean {
  try {
    return new X509Certificate(der).raw.length > 0;
  } catch {
    return false; // the parser says no more than that
  }
}

class DerError extends Error {}
interface Element {
  readonly tag: number;
  /** Header and content. */
  readonly whole: Buffer;
  readonly content: Buffer;
}
function readElements(bytes: Buffer): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const short = bytes[at + 1] ?? 0;
    const lengthBytes = short < 128 ? 0 : short - 128;
    if (at + 2 + lengthBytes > bytes.length || lengthBytes > 4) throw new DerError("length too large");
    const length = lengthBytes === 0 ? short : bytes.readUIntBE(at + 2, lengthBytes);
    const start = at + 2 + lengthBytes;
    if (start + length > bytes.length) throw new DerError("data truncated");
    elements.push({
      tag: bytes[at]!,
      whole: bytes.subarray(at, start + length),
      content: bytes.subarray(start, start + length),
    });
    at = start + length;
  }
  return elements;
}
const sequence = 0x30;
const bitString = 0x03;
function expectElement(elements: readonly Element[], index: number, tag: number): Element {
  const element = elements[index];
  if (element?.tag !== tag) throw new DerError("tags don't match");
  return element;
}

interface Algorithm {
  /** Null where the algorithm brings its own. */
  readonly hash: string | null;
  readonly failure: string;
}
const rsa = "crypto/rsa: verification error";
const ecdsa = "x509: ECDSA verification failure";
/** By the bytes of the object identifier. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  "2a864886f70d01010b": { hash: "sha256", failure: rsa },
  "2a864886f70d01010c": { hash: "sha384", failure: rsa },
  "2a864886f70d01010d": { hash: "sha512", failure: rsa },
  "2a8648ce3d040302": { hash: "sha256", failure: ecdsa },
  "2a8648ce3d040303": { hash: "sha384", failure: ecdsa },
  "2a8648ce3d040304": { hash: "sha512", failure: ecdsa },
  "2b6570": { hash: null, failure: "x509: Ed25519 verification failure" },
};
/** The key of a request in DER form, and whether the request is signed with it; undefined: it is no request. */
export function readRequest(der: Buffer): { readonly key: KeyObject; readonly isSigned: boolean } | undefined {
  try {
    const [asked] = readElements(expectElement(readElements(der), 0, sequence).content);
    const keyInfo = expectElement(readElements(asked?.content ?? Buffer.alloc(0)), 2, sequence);
    const key = createPublicKey({ key: keyInfo.whole, format: "der", type: "spki" });
    return { key, isSigned: signatureProblem(der) === undefined };
  } catch {
    return undefined; // the parsers say no more than that
  }
}
function signatureProblem(der: Buffer): string | undefined {
  const parts = readElements(expectElement(readElements(der), 0, sequence).content);
  const asked = expectElement(parts, 0, sequence);
  const [identifier] = readElements(expectElement(parts, 1, sequence).content);
  const signature = expectElement(parts, 2, bitString).content.subarray(1);
  const keyInfo = expectElement(readElements(asked.content), 2, sequence);
  const algorithm = algorithms[identifier?.content.toString("hex") ?? ""];
  if (!algorithm) return "x509: cannot verify signature: algorithm unimplemented";
  const key = createPublicKey({ key: keyInfo.whole, format: "der", type: "spki" });
  return verify(algorithm.hash, asked.whole, key, signature) ? undefined : algorithm.failure;
}
