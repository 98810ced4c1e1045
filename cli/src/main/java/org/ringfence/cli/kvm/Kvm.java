package org.ringfence.cli.kvm;

import org.ringfence.stack.host.kvm.gmem.KvmCall;

/** Something that answers the calls of userspace: the model, or a kernel. */
public interface Kvm {

    /** Everything is as before the first call. */
    void reset();

    /** The code of a {@link org.ringfence.stack.host.kvm.gmem.KvmResult}, or {@link KvmCall#NOT_NOW}. */
    long answer(KvmCall call);
}
