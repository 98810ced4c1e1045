package org.ringfence.wasm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Scrub;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.Invlpgb;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.snp.rmp.RmpadjustResult;
import org.ringfence.stack.guest.svsm.CallOperation;
import org.ringfence.stack.guest.svsm.CallOperation.AnswerCall;
import org.ringfence.stack.guest.svsm.CallOperation.AwaitCall;
import org.ringfence.stack.guest.svsm.CallOperation.Field;
import org.ringfence.stack.guest.svsm.CallOperation.ReadCall;
import org.ringfence.stack.guest.svsm.CallOperation.ReadWord;
import org.ringfence.stack.guest.svsm.CallOperation.WriteHeader;
import org.ringfence.stack.guest.svsm.SvsmRequest;
import org.ringfence.stack.guest.svsm.SvsmResult;

/** What {@code monitor.c} does, in Java. */
record MonitorTwin(int pages, boolean repaired) implements Routine<Done> {
    private static final int VALIDATE = 1 << 2;
    private static final int IGNORE_CF = 1 << 3;
    private static final long MALFORMED = 0xFF3;

    private long own() {
        return (pages - 1) * Geometry.SMALL;
    }

    @Override
    public Done run(Cpu cpu) {
        for (long gpa = 0; gpa < own(); gpa += Geometry.SMALL) {
            if (cpu.call(new Take(gpa)) != SvsmResult.SUCCESS) {
                throw new Panic("the launch left no memory at GPA 0x%X".formatted(gpa));
            }
        }
        if (change(cpu, own(), true, false) != SvsmResult.SUCCESS
                || cpu.ask(new Scrub(own())) != Stored.STORED
                || cpu.ask(new Store(own(), Value.DATA)) != Stored.STORED) {
            throw new Panic("the monitor has no page of its own");
        }
        return cpu.become(new Serve(this));
    }

    private static long page(long entry) {
        return entry & -Geometry.SMALL;
    }

    private static SvsmResult adjust(Cpu cpu, Rmpadjust instruction) {
        RmpadjustResult result = cpu.ask(instruction);
        return switch (result) {
            case SUCCESS -> SvsmResult.SUCCESS;
            case FAIL_INPUT, PAGE_NOT_VALIDATED -> SvsmResult.FAIL_INPUT;
            case FAIL_PERMISSION -> SvsmResult.FAIL_PERMISSION;
            case FAIL_SIZEMISMATCH -> SvsmResult.FAIL_SIZEMISMATCH;
        };
    }

    private static SvsmResult change(Cpu cpu, long gpa, boolean validate, boolean ignoreCf) {
        PvalidateResult result = cpu.ask(new Pvalidate(gpa, Level.SIZE_4K, validate));
        return switch (result) {
            case CHANGED -> SvsmResult.SUCCESS;
            case UNCHANGED -> ignoreCf ? SvsmResult.SUCCESS : SvsmResult.FAIL_UNCHANGED;
            case FAIL_INPUT, GENERAL_PROTECTION -> SvsmResult.FAIL_INPUT;
            case FAIL_SIZEMISMATCH -> SvsmResult.FAIL_SIZEMISMATCH;
        };
    }

    /** Validates a page, zeroes it, and grants it. */
    record Take(long entry) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            SvsmResult validated = change(cpu, page(entry), true, (entry & IGNORE_CF) != 0);
            return validated == SvsmResult.SUCCESS ? cpu.become(new ZeroAndGrant(entry)) : validated;
        }
    }

    record ZeroAndGrant(long entry) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            if (cpu.ask(new Scrub(page(entry))) != Stored.STORED) {
                throw new Panic("fault while zeroing GPA 0x%X".formatted(page(entry)));
            }
            return adjust(cpu, Rmpadjust.grant(page(entry), Level.SIZE_4K));
        }
    }

    /** Revokes a page from {@code vmpl} on, and rescinds it. */
    record GiveUp(long entry, int vmpl) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            SvsmResult revoked = adjust(cpu, Rmpadjust.revoke(page(entry), Level.SIZE_4K, vmpl));
            if (revoked != SvsmResult.SUCCESS) {
                return revoked;
            }
            return cpu.become(vmpl < Snp.LAST_VMPL
                    ? new GiveUp(entry, vmpl + 1)
                    : new Rescind(entry));
        }
    }

    record Rescind(long entry) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            SvsmResult rescinded = change(cpu, page(entry), false, (entry & IGNORE_CF) != 0);
            return rescinded == SvsmResult.SUCCESS ? cpu.become(new Flush(entry)) : rescinded;
        }
    }

    record Flush(long entry) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            cpu.ask(new Invlpgb());
            return SvsmResult.SUCCESS;
        }
    }

    /** Carries out the entry at {@code at}. */
    record CarryOut(MonitorTwin monitor, long at, boolean checked) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            long entry = cpu.ask(new ReadWord(at));
            if (entry == CallOperation.NOT_VALIDATED) {
                return SvsmResult.INVALID_ADDRESS;
            }
            if (!checked) {
                if ((entry & MALFORMED) != 0) {
                    return SvsmResult.INVALID_PARAMETER;
                }
                if ((entry & -Geometry.SMALL) >= monitor.own()) {
                    return SvsmResult.INVALID_ADDRESS;
                }
                if (!monitor.repaired) {
                    return cpu.become(new CarryOut(monitor, at, true));
                }
            }
            return cpu.become((entry & VALIDATE) != 0 ? new Take(entry) : new GiveUp(entry, Snp.INNER_VMPL));
        }
    }

    record Serve(MonitorTwin monitor) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            return cpu.become(new Answer(monitor, cpu.call(new ServeCall(monitor))));
        }
    }

    record ServeCall(MonitorTwin monitor) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            long rax = cpu.ask(new AwaitCall());
            if (rax >>> 32 != SvsmRequest.CORE) {
                return SvsmResult.UNSUPPORTED_PROTOCOL;
            }
            return (int) rax == SvsmRequest.PVALIDATE
                    ? cpu.become(new ServeList(monitor))
                    : SvsmResult.UNSUPPORTED_CALL;
        }
    }

    record ServeList(MonitorTwin monitor) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            long rcx = cpu.ask(new ReadCall(Field.RCX));
            if (rcx % Long.BYTES != 0) {
                return SvsmResult.INVALID_PARAMETER;
            }
            return rcx < monitor.own() ? cpu.become(new ReadHeader(monitor, rcx)) : SvsmResult.INVALID_ADDRESS;
        }
    }

    record ReadHeader(MonitorTwin monitor, long rcx) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            long header = cpu.ask(new ReadWord(rcx));
            if (header == CallOperation.NOT_VALIDATED) {
                return SvsmResult.INVALID_ADDRESS;
            }
            int entries = (int) header & 0xFFFF;
            int next = (int) (header >>> 16) & 0xFFFF;
            long most = (Geometry.SMALL - rcx % Geometry.SMALL - Long.BYTES) / Long.BYTES;
            if (entries == 0 || entries > most || next >= entries) {
                return SvsmResult.INVALID_PARAMETER;
            }
            return cpu.become(new Entries(monitor, rcx, entries, next));
        }
    }

    record Entries(MonitorTwin monitor, long rcx, int entries, int next) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            long at = rcx + Long.BYTES + (long) next * Long.BYTES;
            SvsmResult result = cpu.call(new CarryOut(monitor, at, false));
            int reached = result == SvsmResult.SUCCESS ? next + 1 : next;
            return cpu.become(result == SvsmResult.SUCCESS && reached < entries
                    ? new Entries(monitor, rcx, entries, reached)
                    : new WriteBack(rcx, entries, reached, result));
        }
    }

    record WriteBack(long rcx, int entries, int next, SvsmResult result) implements Routine<SvsmResult> {
        @Override
        public SvsmResult run(Cpu cpu) {
            boolean stored = cpu.ask(new WriteHeader(rcx, entries, next)) == Stored.STORED;
            return stored ? result : SvsmResult.INVALID_ADDRESS;
        }
    }

    record Answer(MonitorTwin monitor, SvsmResult result) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(new AnswerCall(result, false));
            return cpu.become(new LookAtOwn(monitor));
        }
    }

    record LookAtOwn(MonitorTwin monitor) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            if (cpu.ask(new Load(monitor.own())) != Loaded.DATA) {
                throw new Panic("the monitor's own page is not what it was");
            }
            return cpu.become(new Serve(monitor));
        }
    }
}
