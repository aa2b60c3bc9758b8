// The network side of a node process: the bridge, the Service proxy and cluster DNS, under the identity of kube-proxy.
import { readFileSync } from "node:fs";
import { deferred, runAll, type Service } from "#base/service.ts";
import { createClient } from "#client/api-client.ts";
import { createHttpTransport } from "#client/http-transport.ts";
import { createInformers } from "#client/informers.ts";
import { createClusterView } from "#dns/cluster-view.ts";
import { DnsServer } from "#dns/server.ts";
import { createUpstream, nameservers } from "#dns/upstream.ts";
import { setUpNodeNetwork } from "#network/node-network.ts";
import { createNftFilter } from "#proxy/nft.ts";
import { createProxy } from "#proxy/proxy.ts";
import { clientAddress, type NodeConfig } from "./node-process.ts";
import type { Surroundings } from "./server-process.ts";

const hostResolvConf = "/etc/resolv.conf";
const dnsPort = 53;

/** Ready once Services are reachable and names are answered. */
export function createNodeNetwork(config: NodeConfig, { clock, random, log }: Surroundings): Service {
  const ready = deferred();
  const own = [config.dnsServiceIp];
  return {
    name: "node-network",
    ready: ready.promise,
    async run(signal) {
      const prefixLength = Number(config.nodePodCidr.split("/")[1]);
      await setUpNodeNetwork({
        bridge: config.bridge,
        gateway: config.gateway,
        prefixLength,
        ownAddresses: own,
        mtu: config.mtu,
      });
      const client = createClient(
        createHttpTransport(clientAddress(config, config.proxyClient, "kube-proxy/timonier"), clock),
      );
      const informers = createInformers({ client, clock, random, log });
      const proxy = createProxy({
        informers,
        view: { nodeName: config.nodeName, ownAddresses: new Set(own) },
        facts: {
          table: config.nftTable,
          serviceCidr: config.serviceCidr,
          podCidr: config.podCidr,
          bridge: config.bridge,
          ownAddresses: own,
        },
        filter: createNftFilter(),
        clock,
        log,
      });
      const { view, synced } = createClusterView(informers, config.clusterDomain);
      const resolvers = () => nameservers(readFileSync(hostResolvConf, "utf8"), new Set(own));
      const upstream = createUpstream({ resolvers, clock });
      const dns = new DnsServer({ view, upstream, addresses: own, port: dnsPort, synced, log });
      void Promise.all([proxy.ready, dns.ready]).then(() => ready.resolve(), ready.reject);
      await runAll([informers, proxy, dns], signal);
    },
  };
}
