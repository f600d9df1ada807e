import ipaddr from "ipaddr.js";

/**
 * Divides a network into `count` subnets of equal size, in address order, leaving the upper part free
 * for later zones: each subnet is an eighth of the network.
 *
 * @param network CIDR block from /16, the largest of a VPC, to /25.
 * @returns CIDR blocks that lie inside the network and do not overlap.
 * @throws RangeError for a block of another size, one that does not start at its network address, and
 * a count other than 0 to 8.
 */
export function subnetsOf(network: string, count: number): string[] {
  const [address, prefix] = ipaddr.IPv4.parseCIDR(network);
  const first = ipaddr.IPv4.networkAddressFromCIDR(network);
  if (prefix < 16 || prefix > 25)
    throw new RangeError(`${network}: must be a block from /16 to /25: AWS allows subnets down to /28`);
  if (first.toString() !== address.toString())
    throw new RangeError(
      `${network}: must start at its network address, ${first.toString()}/${String(prefix)}`,
    );
  if (!Number.isInteger(count) || count < 0 || count > 8)
    throw new RangeError(`${network}: must be divided into 0 to 8 subnets, not ${String(count)}`);
  const bits = prefix + 3;
  const base = first.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
  const size = 2 ** (32 - bits);
  return Array.from({ length: count }, (_, index) => `${render(base + index * size)}/${String(bits)}`);
}

function render(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
