package org.ringfence.stack.host.tdx;

/** What the host does with a private page once the TD has asked for it to be shared. */
public enum Removal {
    /** Removes it before the call returns: KVM. */
    BEFORE_RETURN,
    /** Removes it some time later, unless the TD has made it private again by then. */
    DEFERRED,
    /** Keeps it where it is. */
    NEVER
}
