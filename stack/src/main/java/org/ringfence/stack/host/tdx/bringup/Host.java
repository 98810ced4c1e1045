package org.ringfence.stack.host.tdx.bringup;

import java.util.List;

/**
 * What the host knows of its machine before it calls the module.
 *
 * @param on the logical processor on which the bring-up runs; it is online
 * @param packageOf the package of each logical processor, from 0
 * @param pamtPackages the packages whose memory holds a PAMT, one bit each
 * @param globalKeyId the first private KeyID
 */
public record Host(int on, List<Integer> packageOf, long pamtPackages, int globalKeyId) {
    public Host {
        packageOf = List.copyOf(packageOf);
    }

    int cpus() {
        return packageOf.size();
    }

    boolean holdsPamt(int number) {
        return (pamtPackages >>> number & 1) != 0;
    }
}
