package org.ringfence.stack.host.kvm.memfd;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.stack.host.kvm.gmem.KvmErrno;

/** What makes a folio a part of what a guest is launched with: kvm_gmem_populate_cb. */
public interface Populating {
    /** Does it, with the page that the folio is for. */
    KvmErrno populate(Cpu cpu, long gpa, Frame folio);
}
