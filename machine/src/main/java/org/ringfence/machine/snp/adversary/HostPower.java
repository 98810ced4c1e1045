package org.ringfence.machine.snp.adversary;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What an untrusted host may do, so that a case can leave out what its attack does not need. */
public enum HostPower {
    /** RMPUPDATE: assign any frame to any page. */
    ASSIGN,
    /** With {@link #ASSIGN}: set the immutable bit too; the machine must have it. */
    ASSIGN_IMMUTABLE,
    /** RMPUPDATE: take any frame back. */
    RELEASE,
    /** PSMASH any 2M page. */
    SMASH,
    /** Map any page to any frame. */
    MAP,
    /** Unmap any page. To the guest this is as a mapping to a frame that is not its own there. */
    UNMAP,
    /** Resume vCPUs that exited, from any VMSA page where a machine has them. */
    RESUME,
    /** Answer vCPUs that called with anything. */
    ANSWER,
    /** Write its own value to frames that are not assigned. */
    STORE,
    /** Read any frame. */
    LOAD,
    /** Copy the ciphertext of a frame and write it back to the same frame. */
    REPLAY,
    /** With {@link #REPLAY}: write it to any other frame too. */
    RELOCATE;

    private static final Set<HostPower> SUFFICIENT = Collections.unmodifiableSet(
            EnumSet.of(ASSIGN, RELEASE, SMASH, MAP, RESUME, ANSWER, STORE, LOAD, REPLAY));

    /**
     * All that changes what a guest can come to see: without {@link #UNMAP}, which it cannot tell from a wrong mapping;
     * without {@link #RELOCATE}, whose junk {@link #STORE} makes too; and without {@link #ASSIGN_IMMUTABLE}, which only
     * makes accesses fault.
     */
    public static Set<HostPower> sufficient() {
        return SUFFICIENT;
    }
}
