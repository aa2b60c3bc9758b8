// @peculiar/x509 with what its injection container demands first: the three Reflect functions below, and nothing more
// of that proposal. A module of its own, to be imported only when a certificate has to be made.
import "./reflect-metadata.ts";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(crypto);

export { x509 };
