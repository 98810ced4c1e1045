package org.ringfence.stack.guest.uefi.dma;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ForgetBuffer;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadBufferSlot;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadHeader;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Two;

/** FreeBuffer: frees the stash and the buffer, and wipes nothing. Source: edk2, OvmfPkg/IoMmuDxe/CcIoMmu.c. */
record FreeBuffer(IoMmuProtocol protocol, int pages, long host) implements Routine<EfiStatus> {
    @Override
    public EfiStatus run(Cpu cpu) {
        int header = (int) (host / Geometry.SMALL) - 1;
        Two found = cpu.ask(new ReadHeader(header));
        if (found.plain() == 0) {
            return EfiStatus.EFI_INVALID_PARAMETER;
        }
        int slot = cpu.ask(new ReadBufferSlot(header));
        cpu.ask(new ForgetBuffer(header));
        if (found.crypted() != 0) {
            protocol.memory().free(cpu, IoMmuProtocol.gpa(found.crypted()), pages);
        }
        protocol.giveBack(cpu, header, pages + 1, slot);
        return EfiStatus.EFI_SUCCESS;
    }
}
