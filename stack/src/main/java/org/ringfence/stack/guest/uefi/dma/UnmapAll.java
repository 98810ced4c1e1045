package org.ringfence.stack.guest.uefi.dma;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Newest;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadPool;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.SetPool;
import org.ringfence.stack.guest.uefi.dma.PoolLayout.Choice;

/**
 * Undoes every mapping that is live, the newest first, and makes the data of every slot of the pool private, used or
 * not. Nothing is freed. Source: edk2, OvmfPkg/IoMmuDxe/CcIoMmu.c (UnmapAllMappings), IoMmuBuffer.c
 * (IoMmuReleaseReservedSharedMem).
 */
record UnmapAll(IoMmuProtocol protocol) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        int mapping = cpu.ask(new Newest());
        if (mapping != 0) {
            cpu.call(new UnmapBuffer(protocol, mapping, true));
            return cpu.again(this);
        }
        int pool = protocol.layout().slots() == 0 ? 0 : cpu.ask(new ReadPool());
        if (pool != 0) {
            for (Choice choice : protocol.layout().choices()) {
                for (int i = 0; i < choice.slots(); i++) {
                    protocol.unshare(cpu, pool + choice.header(choice.firstBit() + i) + 1, choice.dataPages());
                }
            }
            cpu.ask(new SetPool(0));
        }
        return Done.DONE;
    }
}
