package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.svsm.CallLock.Lock;
import org.ringfence.stack.guest.svsm.CallLock.Unlock;
import org.ringfence.stack.guest.svsm.CallOperation.AnswerCall;
import org.ringfence.stack.guest.svsm.CallOperation.AwaitCall;
import org.ringfence.stack.guest.svsm.CallOperation.Field;
import org.ringfence.stack.guest.svsm.CallOperation.ReadCall;
import org.ringfence.stack.guest.svsm.CallOperation.ReadWord;
import org.ringfence.stack.guest.svsm.CallOperation.WriteHeader;
import org.ringfence.stack.guest.svsm.RegistryOperation.LookUpUse;

/**
 * One CPU of a monitor that answers the calls of an inner guest for ever. Of the core protocol it has REMAP_CA,
 * PVALIDATE, CREATE_VCPU and DELETE_VCPU, as far as they change the state of memory, and QUERY_PROTOCOL; DEPOSIT_MEM,
 * WITHDRAW_MEM and vTOM are not supported, as in COCONUT-SVSM. Source: COCONUT-SVSM, kernel/src/protocols/core.rs.
 */
public record ServeCalls(CoreProtocol protocol) implements Routine<Done> {
    private static final int CORE_VERSION = 1;

    @Override
    public Done run(Cpu cpu) {
        long rax = cpu.ask(new AwaitCall());
        if (rax >>> 32 != SvsmRequest.CORE) {
            return answer(cpu, SvsmResult.UNSUPPORTED_PROTOCOL);
        }
        return switch ((int) rax) {
            case SvsmRequest.REMAP_CA -> answer(cpu, cpu.call(new VcpuCalls.RemapArea(protocol)));
            case SvsmRequest.PVALIDATE -> answer(cpu, cpu.call(new PvalidateCall(protocol)));
            case SvsmRequest.CREATE_VCPU -> answer(cpu, cpu.call(new VcpuCalls.CreateVcpu(protocol)));
            case SvsmRequest.DELETE_VCPU -> answer(cpu, cpu.call(new VcpuCalls.DeleteVcpu(protocol)));
            case SvsmRequest.QUERY_PROTOCOL -> query(cpu);
            case SvsmRequest.CONFIGURE_VTOM ->
                answer(cpu, cpu.ask(new ReadCall(Field.RCX)) % 2 == 1
                        ? SvsmResult.SUCCESS
                        : SvsmResult.INVALID_REQUEST);
            default -> answer(cpu, SvsmResult.UNSUPPORTED_CALL);
        };
    }

    private Done answer(Cpu cpu, SvsmResult result) {
        cpu.ask(new AnswerCall(result, false));
        return cpu.again(this);
    }

    /** Protocols other than the core's are not there: RCX 0. */
    private Done query(Cpu cpu) {
        long rcx = cpu.ask(new ReadCall(Field.RCX));
        boolean supported = rcx >>> 32 == SvsmRequest.CORE && (int) rcx == CORE_VERSION;
        cpu.ask(new AnswerCall(SvsmResult.SUCCESS, supported));
        return cpu.again(this);
    }

    /** What is wrong with a page of the inner guest's is an error of the call, or stops the monitor. */
    static SvsmResult fault(CoreProtocol protocol, String what) {
        if (!protocol.survivesUnvalidated()) {
            throw new Panic("the monitor stops at #VC 0x404 in " + what);
        }
        return SvsmResult.INVALID_ADDRESS;
    }

    /**
     * Whether the 8 bytes at {@code gpa} are the inner guest's and neither in a VMSA nor in the
     * first 8 bytes of a calling area.
     */
    static boolean isUsable(Cpu cpu, CoreProtocol protocol, long gpa) {
        long page = gpa & -Geometry.SMALL;
        if (!protocol.isGuestMemory(page, Geometry.SMALL)) {
            return false;
        }
        if (protocol.checks() == CoreProtocol.Checks.NONE) {
            return true;
        }
        return switch (cpu.ask(new LookUpUse(page))) {
            case NONE -> true;
            case NEW_VMSA, VMSA -> false;
            case CALLING_AREA -> gpa != page;
        };
    }

    /** SVSM_CORE_PVALIDATE: the list is read where it lies, entry by entry, and its header written back. */
    record PvalidateCall(CoreProtocol protocol) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            long rcx = cpu.ask(new ReadCall(Field.RCX));
            if (rcx % Long.BYTES != 0) {
                return SvsmResult.INVALID_PARAMETER;
            }
            if (protocol.locks()) {
                cpu.ask(new Lock(false));
            }
            SvsmResult result = cpu.call(new ReadList(protocol, rcx));
            if (protocol.locks()) {
                cpu.ask(new Unlock(false));
            }
            return result;
        }
    }

    /** The header of the list, and then its entries. */
    record ReadList(CoreProtocol protocol, long rcx) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            if (!isUsable(cpu, protocol, rcx)) {
                return SvsmResult.INVALID_ADDRESS;
            }
            long header = cpu.ask(new ReadWord(rcx));
            if (header == CallOperation.NOT_VALIDATED) {
                return fault(protocol, "the header of a list");
            }
            long most = (Geometry.SMALL - (rcx & Geometry.SMALL - 1) - Long.BYTES) / Long.BYTES;
            int entries = (int) header & 0xFFFF;
            int next = (int) (header >>> 16) & 0xFFFF;
            if (entries == 0 || entries > most || entries <= next) {
                return SvsmResult.INVALID_PARAMETER;
            }
            return cpu.become(new PvalidateList(protocol, rcx, entries, next));
        }
    }

    /** The entries from {@code next} on, until one fails: {@code next} is then the index of that one. */
    record PvalidateList(CoreProtocol protocol, long rcx, int entries, int next) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            long entry = cpu.ask(new ReadWord(rcx + Long.BYTES + (long) next * Long.BYTES));
            SvsmResult result = entry == CallOperation.NOT_VALIDATED
                    ? fault(protocol, "an entry of a list")
                    : cpu.call(new CorePvalidate(protocol, entry));
            int reached = result == SvsmResult.SUCCESS ? next + 1 : next;
            if (result == SvsmResult.SUCCESS && reached < entries) {
                return cpu.again(new PvalidateList(protocol, rcx, entries, reached));
            }
            Stored written = cpu.ask(new WriteHeader(rcx, entries, reached));
            return written == Stored.STORED ? result : fault(protocol, "the header of a list");
        }
    }
}
