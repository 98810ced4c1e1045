package org.ringfence.platform.life;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.RunningCpu;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;
import org.ringfence.stack.guest.uefi.dma.DmaOperation;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Purpose;
import org.ringfence.stack.guest.uefi.dma.Protection;

/**
 * A vCPU that runs firmware as it is written. It counts what the IOMMU driver does: bytes are those that edk2 copies,
 * NumberOfBytes and not whole pages, and a common buffer is copied to its stash and back.
 */
final class FirmwareCpu extends RunningCpu {
    private final Protection on;
    private final GuestCpu vcpu;
    private final int poolPages;
    private Purpose last = new Purpose(DmaOperation.READ, 0, 0);
    private long toShared;
    private long toPrivate;
    private long copied;

    /** With a pool of so many data pages. */
    FirmwareCpu(Protection on, GuestCpu vcpu, int poolPages) {
        this.on = on;
        this.vcpu = vcpu;
        this.poolPages = poolPages;
    }

    @Override
    public <R> R ask(Operation<R> operation) {
        R result = operation.results().decode(vcpu.guest(operation), this);
        switch (operation) {
            // SEV asks nobody: that the page's contents are given up is all that shows.
            case Note note when on == Protection.SEV && note.kind() == Note.Kind.GIVEN_UP -> toShared++;
            case PageStateChange change when change.target() == PageStateChange.Target.SHARED -> toShared++;
            case TdgVpVmcallMapGpa call when call.to() == Mapping.SHARED ->
                toShared += call.size() / Geometry.SMALL;
            case IoMmuOperation.Insert insert -> {
                DmaOperation kind = insert.operation();
                copied += kind.isCommon() ? 2L * insert.bytes() : kind.isRead() ? insert.bytes() : 0;
            }
            case IoMmuOperation.ReadPurpose _ -> last = (Purpose) result;
            case IoMmuOperation.Remove _ -> removed(last);
            case IoMmuOperation.SetPool(int page) when page == 0 -> toPrivate += poolPages;
            default -> {}
        }
        return result;
    }

    private void removed(Purpose purpose) {
        DmaOperation kind = purpose.operation();
        copied += kind.isCommon() ? 2L * purpose.bytes() : kind.isWrite() ? purpose.bytes() : 0;
        if (purpose.slot() == 0) {
            toPrivate += Math.ceilDiv(purpose.bytes(), (int) Geometry.SMALL);
        }
    }

    /** Pages that were made shared. */
    long toShared() {
        return toShared;
    }

    /** Pages that were made private. */
    long toPrivate() {
        return toPrivate;
    }

    /** Bytes that the IOMMU driver copied. */
    long copied() {
        return copied;
    }
}
