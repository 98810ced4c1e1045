package org.ringfence.stack.host.kvm.creation;

/** What has become of a vCPU once KVM has looked whether it is to have another VMSA. */
public enum ProtectedState {
    /** It keeps what it has: nobody has asked for another. */
    UNCHANGED,
    /** It has none, and is not run. */
    HALTED,
    /** It is run from the page that the guest has named. */
    RUNNABLE
}
