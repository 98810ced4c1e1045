package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.Invlpgb;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.stack.guest.svsm.CallOperation.AnswerCall;
import org.ringfence.stack.guest.svsm.CallOperation.AwaitCall;
import org.ringfence.stack.guest.svsm.CallOperation.Field;
import org.ringfence.stack.guest.svsm.CallOperation.IsFitVmsa;
import org.ringfence.stack.guest.svsm.CallOperation.LookUpUse;
import org.ringfence.stack.guest.svsm.CallOperation.ReadCall;
import org.ringfence.stack.guest.svsm.CallOperation.ReadEntry;
import org.ringfence.stack.guest.svsm.CallOperation.Register;
import org.ringfence.stack.guest.svsm.CallingArea.Use;

/**
 * Answers the calls of an inner guest for ever. Of the core protocol it has PVALIDATE, CREATE_VCPU and DELETE_VCPU, as
 * far as they change the state of memory; DEPOSIT_MEM and WITHDRAW_MEM are unsupported, as in COCONUT-SVSM, and so is
 * what bears on no memory. Calls come one at a time, so that the lock that COCONUT-SVSM holds against PVALIDATE and
 * CREATE_VCPU at once has nothing to do. Source: COCONUT-SVSM, kernel/src/protocols/core.rs.
 */
public record ServeCalls(CoreProtocol protocol) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        long rax = cpu.ask(new AwaitCall());
        if (rax >>> 32 != SvsmRequest.CORE) {
            return answer(cpu, SvsmResult.UNSUPPORTED_PROTOCOL);
        }
        return switch ((int) rax) {
            case SvsmRequest.PVALIDATE -> pvalidate(cpu);
            case SvsmRequest.CREATE_VCPU -> answer(cpu, cpu.call(new CreateVcpu(protocol)));
            case SvsmRequest.DELETE_VCPU -> answer(cpu, cpu.call(new DeleteVcpu(protocol)));
            default -> answer(cpu, SvsmResult.UNSUPPORTED_CALL);
        };
    }

    private Done answer(Cpu cpu, SvsmResult result) {
        cpu.ask(new AnswerCall(result, CallOperation.SAME_NEXT));
        return cpu.again(this);
    }

    private Done pvalidate(Cpu cpu) {
        long rcx = cpu.ask(new ReadCall(Field.RCX));
        if (rcx % 8 != 0) {
            return answer(cpu, SvsmResult.INVALID_PARAMETER);
        }
        long area = rcx & -Geometry.SMALL;
        if (!protocol.isGuestMemory(area, Geometry.SMALL)) {
            return answer(cpu, SvsmResult.INVALID_ADDRESS);
        }
        long most = (Geometry.SMALL - (rcx - area) - 8) / 8;
        long entries = cpu.ask(new ReadCall(Field.ENTRIES));
        long next = cpu.ask(new ReadCall(Field.NEXT));
        if (entries == 0 || entries > most || entries <= next) {
            return answer(cpu, SvsmResult.INVALID_PARAMETER);
        }
        return cpu.become(new PvalidateList(protocol, (int) entries, (int) next));
    }

    /** The entries from {@code next} on, until one fails: {@code next} is then the index of that one. */
    record PvalidateList(CoreProtocol protocol, int entries, int next) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            SvsmResult result = cpu.call(new CorePvalidate(protocol, cpu.ask(new ReadEntry(next))));
            if (result != SvsmResult.SUCCESS) {
                cpu.ask(new AnswerCall(result, next));
            } else if (next + 1 == entries) {
                cpu.ask(new AnswerCall(SvsmResult.SUCCESS, entries));
            } else {
                return cpu.again(new PvalidateList(protocol, entries, next + 1));
            }
            return cpu.become(new ServeCalls(protocol));
        }
    }

    /**
     * SVSM_CORE_CREATE_VCPU: a page of the inner guest becomes a VMSA. It is taken from the inner guest before it is
     * looked at, and given back where it is not fit.
     */
    record CreateVcpu(CoreProtocol protocol) implements Routine<SvsmResult> {
        private static final int VMSA_READ = 1;
        private static final int KNOWN_APIC_IDS = 2;

        @Override
        public SvsmResult run(Cpu cpu) {
            long vmsa = cpu.ask(new ReadCall(Field.RCX));
            long callingArea = cpu.ask(new ReadCall(Field.RDX));
            long apicId = cpu.ask(new ReadCall(Field.R8)) & 0xFFFF_FFFFL;
            if (vmsa % Geometry.SMALL != 0
                    || callingArea % Geometry.SMALL != 0
                    || vmsa == callingArea
                    || !isFree(cpu, vmsa)
                    || !isFree(cpu, callingArea)) {
                return SvsmResult.INVALID_ADDRESS;
            }
            if (apicId >= KNOWN_APIC_IDS) {
                return SvsmResult.INVALID_PARAMETER;
            }
            cpu.ask(new Register(vmsa, Use.VMSA));
            cpu.ask(new Register(callingArea, Use.CALLING_AREA));
            SvsmResult revoked = CorePvalidate.adjust(cpu, protocol, Rmpadjust.revoke(vmsa, Level.SIZE_4K));
            if (revoked != SvsmResult.SUCCESS) {
                return unregister(cpu, vmsa, callingArea, revoked);
            }
            cpu.ask(new Invlpgb());
            if (!cpu.ask(new IsFitVmsa(vmsa))) {
                CorePvalidate.adjust(cpu, protocol, Rmpadjust.grant(vmsa, Level.SIZE_4K));
                cpu.ask(new Invlpgb());
                return unregister(cpu, vmsa, callingArea, SvsmResult.INVALID_PARAMETER);
            }
            SvsmResult made = CorePvalidate.adjust(
                    cpu, protocol, new Rmpadjust(vmsa, Level.SIZE_4K, 2, VMSA_READ, true));
            return made == SvsmResult.SUCCESS ? made : unregister(cpu, vmsa, callingArea, made);
        }

        private boolean isFree(Cpu cpu, long gpa) {
            return protocol.isGuestMemory(gpa, Geometry.SMALL) && cpu.ask(new LookUpUse(gpa)) == Use.NONE;
        }

        private static SvsmResult unregister(Cpu cpu, long vmsa, long callingArea, SvsmResult result) {
            cpu.ask(new Register(vmsa, Use.NONE));
            cpu.ask(new Register(callingArea, Use.NONE));
            return result;
        }
    }

    /**
     * SVSM_CORE_DELETE_VCPU: the page is the inner guest's again. Its calling area stays registered, as nothing here
     * knows which it was.
     */
    record DeleteVcpu(CoreProtocol protocol) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            long vmsa = cpu.ask(new ReadCall(Field.RCX));
            if (vmsa % Geometry.SMALL != 0
                    || protocol.geometry().page(vmsa) < 0
                    || cpu.ask(new LookUpUse(vmsa)) != Use.VMSA) {
                return SvsmResult.INVALID_PARAMETER;
            }
            SvsmResult revoked = CorePvalidate.adjust(cpu, protocol, Rmpadjust.revoke(vmsa, Level.SIZE_4K));
            if (revoked != SvsmResult.SUCCESS) {
                return SvsmResult.INVALID_ADDRESS;
            }
            if (CorePvalidate.adjust(cpu, protocol, Rmpadjust.grant(vmsa, Level.SIZE_4K)) != SvsmResult.SUCCESS) {
                return SvsmResult.INVALID_ADDRESS;
            }
            cpu.ask(new Invlpgb());
            cpu.ask(new Register(vmsa, Use.NONE));
            return SvsmResult.SUCCESS;
        }
    }
}
