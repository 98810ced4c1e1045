package org.ringfence.stack.host.kvm.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.PageRange;
import org.ringfence.stack.host.kvm.gmem.KvmErrno;
import org.ringfence.stack.host.kvm.memfd.Architecture;
import org.ringfence.stack.host.kvm.memfd.MemfdOperation;
import org.ringfence.stack.host.kvm.memfd.PopulateMemfd;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;

/**
 * The vCPU's ioctl KVM_TDX_INIT_MEM_REGION: page by page, under slots_lock from the first to the last. Unlike
 * KVM_SEV_SNP_LAUNCH_UPDATE it fails where any page does, and tells in its argument how far it has come. A TD that is
 * finalized is EINVAL. Source: arch/x86/kvm/vmx/tdx.c, tdx_vcpu_init_mem_region.
 *
 * @param finalized whether KVM_TDX_FINALIZE_VM has been called
 */
public record InitMemRegion(
        PageRange range, boolean finalized, Geometry geometry, AddPage adding, Architecture architecture)
        implements
            Routine<KvmErrno> {
    @Override
    public KvmErrno run(Cpu cpu) {
        cpu.ask(new TakeLock(FaultProtocol.SLOTS_LOCK));
        KvmErrno errno = finalized ? KvmErrno.EINVAL : KvmErrno.OK;
        int done = 0;
        while (done < range.pages() && errno == KvmErrno.OK) {
            errno = cpu.call(new PopulateMemfd.OnePage(range.gpa(done), geometry, adding, architecture));
            done += errno == KvmErrno.OK ? 1 : 0;
        }
        cpu.ask(new GiveLock(FaultProtocol.SLOTS_LOCK));
        return cpu.ask(new MemfdOperation.AnswerPopulate(errno, done));
    }
}
