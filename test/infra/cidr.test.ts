import assert from "node:assert/strict";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { subnetsOf } from "../../infra/lib/cidr.ts";

/** A block as two numbers: its first address and how many it holds. */
function range(block: string): { readonly first: number; readonly size: number; readonly bits: number } {
  const [address, bits] = ipaddr.IPv4.parseCIDR(block);
  const first = address.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
  return { first, size: 2 ** (32 - bits), bits };
}

/** Any network address from /16 to /25. */
const networks = fc
  .tuple(fc.integer({ min: 16, max: 25 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
  .map(([bits, address]) => {
    const size = 2 ** (32 - bits);
    const first = Math.floor(address / size) * size;
    const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
    return `${octets.join(".")}/${String(bits)}`;
  });

const counts = fc.integer({ min: 0, max: 8 });

describe("subnets of a network", () => {
  it("are as many as asked for, of equal size, an eighth of the network each", () => {
    fc.assert(
      fc.property(networks, counts, (network, count) => {
        const subnets = subnetsOf(network, count);
        assert.equal(subnets.length, count);
        for (const subnet of subnets) assert.equal(range(subnet).bits, range(network).bits + 3);
      }),
    );
  });

  it("lie inside the network, in order, without overlap or gap, each on its own network address", () => {
    fc.assert(
      fc.property(networks, counts, (network, count) => {
        const whole = range(network);
        let next = whole.first;
        for (const subnet of subnetsOf(network, count)) {
          const { first, size } = range(subnet);
          assert.equal(first, next);
          assert.equal(first % size, 0);
          assert.equal(subnet.split("/")[0], ipaddr.IPv4.networkAddressFromCIDR(subnet).toString());
          next = first + size;
        }
        assert.ok(next <= whole.first + whole.size);
      }),
    );
  });

  it("do not move when a later zone is added", () => {
    fc.assert(
      fc.property(networks, fc.integer({ min: 0, max: 7 }), (network, count) => {
        assert.deepEqual(subnetsOf(network, count + 1).slice(0, count), subnetsOf(network, count));
      }),
    );
  });

  it("are the ones AWS users expect", () => {
    assert.deepEqual(subnetsOf("10.20.0.0/16", 3), ["10.20.0.0/19", "10.20.32.0/19", "10.20.64.0/19"]);
    assert.deepEqual(subnetsOf("192.168.7.0/24", 2), ["192.168.7.0/27", "192.168.7.32/27"]);
  });

  for (const [network, count, message] of [
    ["10.0.0.0/16", 9, "10.0.0.0/16: must be divided into 0 to 8 subnets, not 9"],
    ["10.0.0.0/16", -1, "10.0.0.0/16: must be divided into 0 to 8 subnets, not -1"],
    ["10.0.0.0/16", 1.5, "10.0.0.0/16: must be divided into 0 to 8 subnets, not 1.5"],
    ["10.0.0.0/26", 2, "10.0.0.0/26: must be a block from /16 to /25: AWS allows subnets down to /28"],
    ["10.0.0.0/8", 2, "10.0.0.0/8: must be a block from /16 to /25: AWS allows subnets down to /28"],
    ["10.0.0.5/16", 2, "10.0.0.5/16: must start at its network address, 10.0.0.0/16"],
  ] as const) {
    it(`are refused for ${String(count)} of ${network}`, () => {
      assert.throws(() => subnetsOf(network, count), new RangeError(message));
    });
  }

  it("are refused for what is no block at all", () => {
    assert.throws(() => subnetsOf("ten", 2));
    assert.throws(() => subnetsOf("10.0.0.0", 2));
  });
});
