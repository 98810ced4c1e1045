package org.ringfence.stack.guest.uefi.dma;

import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Purpose;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadHeader;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadInfo;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadPages;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadPurpose;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Remove;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Two;

/**
 * Unmap. What the device wrote is copied while the host can still change it, and then the pages become private: the
 * copy is what was there at one moment, and no more than that. Source: edk2, OvmfPkg/IoMmuDxe/CcIoMmu.c
 * (IoMmuUnmapWorker).
 *
 * @param locked whether the map of memory may not change any more, so that nothing is freed
 */
record UnmapBuffer(IoMmuProtocol protocol, int mapping, boolean locked) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        Purpose purpose = cpu.ask(new ReadPurpose(mapping));
        Two at = cpu.ask(new ReadPages(mapping));
        int pages = IoMmuProtocol.pagesOf(purpose.bytes());
        int kept = purpose.operation().isCommon() ? stash(cpu, at.crypted()) : at.crypted();
        boolean copies = !purpose.operation().isRead();
        boolean inPool = purpose.slot() != 0;
        if (copies && protocol.choices().copiesFirst()) {
            protocol.copy(cpu, at.plain(), Mapping.SHARED, kept, Mapping.PRIVATE, pages);
        }
        boolean wipes = protocol.choices().zeroes() && !purpose.operation().isCommon();
        if (wipes && protocol.choices().wipesFirst()) {
            protocol.zero(cpu, at.plain(), Mapping.SHARED, pages);
        }
        if (!inPool) {
            protocol.unshare(cpu, at.plain(), pages);
        }
        Mapping now = inPool ? Mapping.SHARED : Mapping.PRIVATE;
        if (copies && !protocol.choices().copiesFirst()) {
            protocol.copy(cpu, at.plain(), now, kept, Mapping.PRIVATE, pages);
        }
        if (purpose.operation().isCommon()) {
            protocol.copy(cpu, kept, Mapping.PRIVATE, at.crypted(), now, pages);
            if (protocol.choices().stash() == Stash.IN_MAP && !locked) {
                protocol.memory().free(cpu, IoMmuProtocol.gpa(kept), pages);
                protocol.enterStash(cpu, at.crypted() - 1, pages, 0, purpose.slot());
            }
        } else {
            if (wipes && !protocol.choices().wipesFirst()) {
                protocol.zero(cpu, at.plain(), now, pages);
            }
            if (!locked) {
                protocol.giveBack(cpu, at.plain(), pages, purpose.slot());
            }
        }
        boolean frees = protocol.choices().infos() == MapInfos.IN_POOL && !locked;
        long info = frees ? cpu.ask(new ReadInfo(mapping)) : 0;
        cpu.ask(new Remove(mapping));
        if (frees) {
            protocol.memory().freePool(cpu, info);
        }
        return Done.DONE;
    }

    private static int stash(Cpu cpu, int crypted) {
        return cpu.ask(new ReadHeader(crypted - 1)).crypted();
    }
}
