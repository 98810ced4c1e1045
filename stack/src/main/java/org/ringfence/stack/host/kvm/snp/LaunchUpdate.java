package org.ringfence.stack.host.kvm.snp;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.firmware.SnpCommand;
import org.ringfence.machine.snp.firmware.SnpFirmware.PageType;
import org.ringfence.machine.snp.rmp.Rmpread;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;
import org.ringfence.stack.host.kvm.gmem.KvmErrno;
import org.ringfence.stack.host.kvm.memfd.Populating;

/**
 * KVM_SEV_SNP_LAUNCH_UPDATE of one page: a folio that nobody has is assigned to the guest, with the immutable bit, and
 * handed to the firmware. Where the firmware refuses the folio is the hypervisor's again. Source:
 * arch/x86/kvm/svm/sev.c, sev_gmem_post_populate.
 *
 * @param context of the guest
 * @param asid of the guest
 */
public record LaunchUpdate(Frame context, int asid) implements Populating {
    @Override
    public KvmErrno populate(Cpu cpu, long gpa, Frame folio) {
        if (new Rmpread(folio).ask(cpu).assigned()) {
            return KvmErrno.EINVAL;
        }
        if (cpu.ask(new Rmpupdate(folio, true, gpa, Level.SIZE_4K, asid, true)) != RmpupdateResult.SUCCESS) {
            return KvmErrno.EIO;
        }
        if (cpu.ask(new SnpCommand.LaunchUpdate(context, folio, Level.SIZE_4K, PageType.NORMAL, 0))
                != SevStatus.SUCCESS) {
            cpu.ask(Rmpupdate.release(folio, Level.SIZE_4K));
            return KvmErrno.EIO;
        }
        return KvmErrno.OK;
    }
}
