package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.Invlpgb;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.stack.guest.svsm.CallLock.Lock;
import org.ringfence.stack.guest.svsm.CallLock.Unlock;
import org.ringfence.stack.guest.svsm.CallOperation.Field;
import org.ringfence.stack.guest.svsm.CallOperation.ReadCall;
import org.ringfence.stack.guest.svsm.CallingArea.Use;
import org.ringfence.stack.guest.svsm.CoreProtocol.Deleting;
import org.ringfence.stack.guest.svsm.RegistryOperation.CheckVmsa;
import org.ringfence.stack.guest.svsm.RegistryOperation.ClearArea;
import org.ringfence.stack.guest.svsm.RegistryOperation.DisableVmsa;
import org.ringfence.stack.guest.svsm.RegistryOperation.Found;
import org.ringfence.stack.guest.svsm.RegistryOperation.LookUpUse;
import org.ringfence.stack.guest.svsm.RegistryOperation.Register;
import org.ringfence.stack.guest.svsm.RegistryOperation.Remap;
import org.ringfence.stack.guest.svsm.RegistryOperation.SetUsed;
import org.ringfence.stack.guest.svsm.RegistryOperation.Unregister;

/** The calls that change virtual CPUs. Source: COCONUT-SVSM, kernel/src/protocols/core.rs. */
final class VcpuCalls {
    private static final int VMSA_READ = 1;
    private static final int KNOWN_APIC_IDS = 2;

    private VcpuCalls() {}

    /**
     * SVSM_CORE_CREATE_VCPU: a page of the inner guest becomes a VMSA. It is taken from the inner guest before it is
     * looked at, and given back where it is not fit.
     */
    record CreateVcpu(CoreProtocol protocol) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            long vmsa = cpu.ask(new ReadCall(Field.RCX));
            long callingArea = cpu.ask(new ReadCall(Field.RDX));
            long apicId = cpu.ask(new ReadCall(Field.R8)) & 0xFFFF_FFFFL;
            if (vmsa % Geometry.SMALL != 0
                    || callingArea % Geometry.SMALL != 0
                    || vmsa == callingArea
                    || !ServeCalls.isUsable(cpu, protocol, vmsa)
                    || !ServeCalls.isUsable(cpu, protocol, callingArea)) {
                return SvsmResult.INVALID_ADDRESS;
            }
            if (apicId >= KNOWN_APIC_IDS) {
                return SvsmResult.INVALID_PARAMETER;
            }
            return cpu.call(new Locked(protocol, new Create(protocol, vmsa, callingArea, (int) apicId)));
        }
    }

    /** What {@link CreateVcpu} does under the lock. */
    record Create(CoreProtocol protocol, long vmsa, long callingArea, int apicId) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            if (!cpu.ask(new Register(vmsa, callingArea))) {
                return SvsmResult.INVALID_ADDRESS;
            }
            SvsmResult revoked = CorePvalidate.revoke(cpu, protocol, vmsa, Level.SIZE_4K);
            if (revoked != SvsmResult.SUCCESS) {
                return restore(cpu, false, revoked);
            }
            cpu.ask(new Invlpgb());
            Found found = cpu.ask(new CheckVmsa(vmsa));
            if (found == Found.PAGE_NOT_VALIDATED) {
                return restore(cpu, true, ServeCalls.fault(protocol, "a VMSA"));
            }
            if (found == Found.UNFIT) {
                return restore(cpu, true, SvsmResult.INVALID_PARAMETER);
            }
            SvsmResult made = CorePvalidate.revoke(cpu, protocol, vmsa, Level.SIZE_4K);
            if (made == SvsmResult.SUCCESS) {
                made = CorePvalidate.adjust(
                        cpu, protocol, new Rmpadjust(vmsa, Level.SIZE_4K, 2, VMSA_READ, true));
            }
            if (made != SvsmResult.SUCCESS) {
                return restore(cpu, true, made);
            }
            cpu.ask(new SetUsed(vmsa, apicId));
            return SvsmResult.SUCCESS;
        }

        private SvsmResult restore(Cpu cpu, boolean give, SvsmResult result) {
            if (give) {
                giveBack(cpu, protocol, vmsa);
            }
            cpu.ask(new Invlpgb());
            cpu.ask(new Unregister(vmsa, false));
            return result;
        }
    }

    /** The page is no VMSA any more and the inner guest's again; an error stays without consequence. */
    private static SvsmResult giveBack(Cpu cpu, CoreProtocol protocol, long vmsa) {
        SvsmResult revoked = CorePvalidate.revoke(cpu, protocol, vmsa, Level.SIZE_4K);
        return revoked == SvsmResult.SUCCESS
                ? CorePvalidate.adjust(cpu, protocol, Rmpadjust.grant(vmsa, Level.SIZE_4K))
                : revoked;
    }

    /** SVSM_CORE_DELETE_VCPU: the page is the inner guest's again, and with it the calling area. */
    record DeleteVcpu(CoreProtocol protocol) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            long vmsa = cpu.ask(new ReadCall(Field.RCX));
            if (vmsa % Geometry.SMALL != 0 || protocol.geometry().page(vmsa) < 0) {
                return SvsmResult.INVALID_PARAMETER;
            }
            return switch (protocol.deleting()) {
                case UNREGISTER_FIRST, LOOK_UP_LOCKED -> cpu.call(new Locked(protocol, new Delete(protocol, vmsa)));
                case LOOK_UP_FIRST -> cpu.ask(new LookUpUse(vmsa)) == Use.VMSA
                        ? cpu.call(new Locked(protocol, new Delete(protocol, vmsa)))
                        : SvsmResult.INVALID_PARAMETER;
            };
        }
    }

    /** What {@link DeleteVcpu} does under the lock, if there is one. */
    record Delete(CoreProtocol protocol, long vmsa) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            boolean last = protocol.deleting() != Deleting.UNREGISTER_FIRST;
            if (!last && !cpu.ask(new Unregister(vmsa, true))) {
                return SvsmResult.INVALID_PARAMETER;
            }
            if (protocol.deleting() == Deleting.LOOK_UP_LOCKED && cpu.ask(new LookUpUse(vmsa)) != Use.VMSA) {
                return SvsmResult.INVALID_PARAMETER;
            }
            if (cpu.ask(new DisableVmsa(vmsa)) != Stored.STORED) {
                return ServeCalls.fault(protocol, "a VMSA");
            }
            SvsmResult given = giveBack(cpu, protocol, vmsa);
            cpu.ask(new Invlpgb());
            if (given != SvsmResult.SUCCESS) {
                return SvsmResult.INVALID_ADDRESS;
            }
            return !last || cpu.ask(new Unregister(vmsa, true)) ? SvsmResult.SUCCESS : SvsmResult.INVALID_PARAMETER;
        }
    }

    /** SVSM_CORE_REMAP_CA: the calling area of this CPU lies elsewhere. */
    record RemapArea(CoreProtocol protocol) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            long gpa = cpu.ask(new ReadCall(Field.RCX));
            return gpa % Geometry.SMALL != 0
                    ? SvsmResult.INVALID_PARAMETER
                    : cpu.call(new Locked(protocol, new Remapping(protocol, gpa)));
        }
    }

    /** What {@link RemapArea} does under the lock. */
    record Remapping(CoreProtocol protocol, long gpa) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            if (!ServeCalls.isUsable(cpu, protocol, gpa)) {
                return SvsmResult.INVALID_ADDRESS;
            }
            if (cpu.ask(new ClearArea(gpa)) != Stored.STORED) {
                return ServeCalls.fault(protocol, "a calling area");
            }
            return cpu.ask(new Remap(gpa)) ? SvsmResult.SUCCESS : SvsmResult.INVALID_ADDRESS;
        }
    }

    /** Holds the lock alone around {@code what}, where the monitor locks. */
    record Locked(CoreProtocol protocol, Routine<SvsmResult> what) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            if (!protocol.locks()) {
                return cpu.call(what);
            }
            cpu.ask(new Lock(true));
            SvsmResult result = cpu.call(what);
            cpu.ask(new Unlock(true));
            return result;
        }
    }
}
