package org.ringfence.stack.guest.uefi.memory;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.event.EventGroup;
import org.ringfence.stack.guest.uefi.event.EventServices;
import org.ringfence.stack.guest.uefi.memory.BootOperation.Becomes;
import org.ringfence.stack.guest.uefi.memory.BootOperation.Fact;
import org.ringfence.stack.guest.uefi.memory.BootOperation.IsSo;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.TerminateMemoryMap;

/**
 * ExitBootServices in edk2's order: the group before it, once; the timer stops, whatever comes then; the key is
 * checked; the group itself; what the core does behind all handlers; boot services are gone. That the map is terminated
 * keeps nobody from allocating. Source: edk2, MdeModulePkg/Core/Dxe/DxeMain/DxeMain.c (CoreExitBootServices).
 *
 * @param key that the caller has from GetMemoryMap
 * @param hook what the core does once all handlers have run: edk2 applies memory protection there
 */
public record ExitBootServices(EventServices events, long key, CoreHook hook) implements Routine<EfiStatus> {

    /** What a core does behind all handlers: a record. */
    public interface CoreHook {
        /** Does it. */
        void afterHandlers(Cpu cpu);
    }

    /** A core that does nothing there. */
    public enum NoHook implements CoreHook {
        NONE;

        @Override
        public void afterHandlers(Cpu cpu) {
            // Nothing is left to do.
        }
    }

    @Override
    public EfiStatus run(Cpu cpu) {
        if (!cpu.ask(new IsSo(Fact.BEFORE_NOTIFIED))) {
            events.signalGroup(cpu, EventGroup.BEFORE_EXIT_BOOT_SERVICES);
            cpu.ask(new Becomes(Fact.BEFORE_NOTIFIED));
        }
        cpu.ask(new Becomes(Fact.TIMER_STOPPED));
        EfiStatus status = cpu.ask(new TerminateMemoryMap(key));
        if (status.isError()) {
            events.signalGroup(cpu, EventGroup.EXIT_BOOT_SERVICES_FAILED);
            return status;
        }
        cpu.ask(new Becomes(Fact.TERMINATED));
        events.signalGroup(cpu, EventGroup.EXIT_BOOT_SERVICES);
        hook.afterHandlers(cpu);
        cpu.ask(new Becomes(Fact.SERVICES_GONE));
        return EfiStatus.EFI_SUCCESS;
    }
}
