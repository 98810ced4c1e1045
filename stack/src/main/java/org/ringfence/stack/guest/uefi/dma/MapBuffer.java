package org.ringfence.stack.guest.uefi.dma;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Insert;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadBufferSlot;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadHeader;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol.Mapped;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol.Pages;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;

/** Map: bounces, or changes a common buffer in place. Source: edk2, OvmfPkg/IoMmuDxe/CcIoMmu.c (IoMmuMap). */
record MapBuffer(IoMmuProtocol protocol, DmaOperation operation, long host, int bytes) implements Routine<Mapped> {
    @Override
    public Mapped run(Cpu cpu) {
        int crypted = (int) (host / Geometry.SMALL);
        int pages = IoMmuProtocol.pagesOf(bytes);
        return operation.isCommon() ? common(cpu, crypted, pages) : bounce(cpu, crypted, pages);
    }

    private Mapped bounce(Cpu cpu, int crypted, int pages) {
        long highest = operation.is64() ? Long.MAX_VALUE : IoMmuProtocol.FOUR_GIB - 1;
        Pages taken = protocol.take(cpu, pages, EfiMemoryType.BOOT_SERVICES_DATA.ordinal(), highest);
        if (taken.page() == 0) {
            return Mapped.failed(EfiStatus.EFI_OUT_OF_RESOURCES, 0);
        }
        // In a slot of the pool the data lie behind the header.
        int plain = taken.slot() == 0 ? taken.page() : taken.page() + 1;
        if (taken.slot() == 0) {
            if (protocol.choices().decryptsInPlace()) {
                protocol.decrypt(cpu, plain, pages);
            } else {
                protocol.share(cpu, plain, pages);
            }
        }
        if (operation.isRead()) {
            protocol.copy(cpu, crypted, Mapping.PRIVATE, plain, Mapping.SHARED, pages);
        }
        return entered(cpu, crypted, plain, taken.slot());
    }

    private Mapped common(Cpu cpu, int crypted, int pages) {
        boolean reaches = host <= IoMmuProtocol.FOUR_GIB && pages * Geometry.SMALL <= IoMmuProtocol.FOUR_GIB - host;
        if (!operation.is64() && !reaches) {
            return Mapped.failed(EfiStatus.EFI_UNSUPPORTED, 0);
        }
        int slot = cpu.ask(new ReadBufferSlot(crypted - 1));
        int stash = stash(cpu, crypted, pages, slot);
        if (stash == 0) {
            return Mapped.failed(EfiStatus.EFI_OUT_OF_RESOURCES, 0);
        }
        Mapping before = slot == 0 ? Mapping.PRIVATE : Mapping.SHARED;
        protocol.copy(cpu, crypted, before, stash, Mapping.PRIVATE, pages);
        if (slot == 0) {
            protocol.share(cpu, crypted, pages);
        }
        protocol.copy(cpu, stash, Mapping.PRIVATE, crypted, Mapping.SHARED, pages);
        return entered(cpu, crypted, crypted, slot);
    }

    /** The first page of the stash; 0 where there is no memory for one. */
    private int stash(Cpu cpu, int crypted, int pages, int slot) {
        return switch (protocol.choices().stash()) {
            case IN_ALLOCATE_BUFFER -> cpu.ask(new ReadHeader(crypted - 1)).crypted();
            case IN_MAP -> {
                int stash = protocol.allocateStash(cpu, pages);
                if (stash != 0) {
                    protocol.enterStash(cpu, crypted - 1, pages, stash, slot);
                }
                yield stash;
            }
        };
    }

    private Mapped entered(Cpu cpu, int crypted, int plain, int slot) {
        int mapping = cpu.ask(new Insert(operation, bytes, crypted, plain, slot));
        if (mapping == 0) {
            throw new Panic("the machine has no room for another mapping");
        }
        return new Mapped(EfiStatus.EFI_SUCCESS, IoMmuProtocol.gpa(plain), mapping, bytes);
    }
}
