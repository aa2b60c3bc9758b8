// Failures of a connection in the words of Go's network library.

interface Place {
  readonly host: string;
  readonly port: number;
  readonly serverName: string;
}
const untrusted = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
]);
const dialing: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connect: connection refused",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ETIMEDOUT: "i/o timeout",
};

/** The system's calls name the address that a name led to. */
type Failure = NodeJS.ErrnoException & { readonly address?: string };

export function networkText(error: Failure, { host, port, serverName }: Place): string {
  const { code = "" } = error;
  const certificate = (why: string): string => `tls: failed to verify certificate: x509: ${why}`;
  if (untrusted.has(code)) return certificate("certificate signed by unknown authority");
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID")
    return certificate("certificate has expired or is not yet valid");
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const names = namesOf(error);
    return certificate(
      names === ""
        ? `certificate is not valid for any names, but wanted to match ${serverName}`
        : `certificate is valid for ${names}, not ${serverName}`,
    );
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `dial tcp: lookup ${host}: no such host`;
  const { address = host } = error;
  const target = `${address.includes(":") ? `[${address}]` : address}:${port}`;
  if (dialing[code]) return `dial tcp ${target}: ${dialing[code]}`;
  if (code === "ECONNRESET" && /socket hang up/.test(error.message)) return "EOF";
  return code === "ECONNRESET" ? `read tcp ${target}: read: connection reset by peer` : error.message;
}
function namesOf(error: Error & { cert?: { subjectaltname?: string } }): string {
  const listed = error.cert?.subjectaltname ?? "";
  return listed
    .split(",")
    .map((name) => name.trim().replace(/^(DNS|IP Address):/, ""))
    .filter((name) => name !== "")
    .join(", ");
}
