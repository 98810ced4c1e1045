package org.ringfence.stack.host.tdx;

import org.ringfence.machine.vocabulary.Meaning;

/** What the host does with a private page once the TD has asked for it to be shared. */
public enum Removal {
    @Meaning("Removes it before the call returns: KVM.")
    BEFORE_RETURN,
    @Meaning("Removes it some time later, unless the TD has made it private again by then.")
    DEFERRED,
    @Meaning("Keeps it where it is.")
    NEVER
}
