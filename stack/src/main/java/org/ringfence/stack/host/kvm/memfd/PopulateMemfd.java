package org.ringfence.stack.host.kvm.memfd;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.PageRange;
import org.ringfence.stack.host.kvm.fault.VmOperation.IsPrivate;
import org.ringfence.stack.host.kvm.gmem.KvmErrno;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;

/**
 * kvm_gmem_populate: makes pages a part of what a guest is launched with, under slots_lock, so that their attributes
 * stay; each page under its file's lock, exclusive. A page whose attribute is shared is EINVAL. It answers how many
 * pages were made, an error only if none was. Source: virt/kvm/guest_memfd.c, kvm_gmem_populate.
 */
public record PopulateMemfd(PageRange range, Geometry geometry, Populating populating, Architecture architecture)
        implements
            Routine<KvmErrno> {
    @Override
    public KvmErrno run(Cpu cpu) {
        cpu.ask(new TakeLock(FaultProtocol.SLOTS_LOCK));
        KvmErrno errno = KvmErrno.OK;
        int done = 0;
        while (done < range.pages() && errno == KvmErrno.OK) {
            errno = cpu.call(new OnePage(range.gpa(done), geometry, populating, architecture));
            done += errno == KvmErrno.OK ? 1 : 0;
        }
        cpu.ask(new GiveLock(FaultProtocol.SLOTS_LOCK));
        return cpu.ask(new MemfdOperation.AnswerPopulate(done == 0 ? errno : KvmErrno.OK, done));
    }

    /** One page, under slots_lock. */
    public record OnePage(long gpa, Geometry geometry, Populating populating, Architecture architecture)
            implements
                Routine<KvmErrno> {
        @Override
        public KvmErrno run(Cpu cpu) {
            cpu.ask(new TakeLock(FaultProtocol.FILE_LOCK));
            cpu.ask(new TakeLock(MemfdHost.FOLIO_LOCK));
            Frame folio = AllocateFolio.get(cpu, gpa, geometry, Level.SIZE_4K);
            KvmErrno errno = cpu.ask(new IsPrivate(gpa)) ? populating.populate(cpu, gpa, folio) : KvmErrno.EINVAL;
            cpu.ask(new GiveLock(MemfdHost.FOLIO_LOCK));
            cpu.call(new PutFolio(folio, architecture));
            cpu.ask(new GiveLock(FaultProtocol.FILE_LOCK));
            return errno;
        }
    }
}
