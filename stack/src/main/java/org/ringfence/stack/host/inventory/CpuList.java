package org.ringfence.stack.host.inventory;

import java.util.List;

/**
 * The logical processors of a host, in the order of their numbers.
 *
 * @param cpus at least one of them is online
 */
public record CpuList(List<HostCpu> cpus) {
    public CpuList {
        cpus = List.copyOf(cpus);
    }

    /** Reads a list out of a file's bytes; see {@link CpuListReader}. */
    public static CpuList read(byte[] bytes) throws BadInventory {
        return new CpuListReader(bytes).read();
    }

    /** The packages in ascending order. */
    public List<Integer> sockets() {
        return cpus.stream().map(HostCpu::socket).distinct().sorted().toList();
    }

    /** How many are online. */
    public int online() {
        return (int) cpus.stream().filter(HostCpu::online).count();
    }
}
