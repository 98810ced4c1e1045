package org.ringfence.machine.memory;

import java.util.Optional;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * The host, its userspace or a device performs {@code instruction} on a line under a shared KeyID. What it reads is
 * held against confidentiality; poison that it consumes is a {@linkplain MachineChecks machine check}. What a host that
 * runs software writes and reads is held against the {@link HostLedger}, which looks at whole frames and so is for
 * machines whose frames are one line.
 *
 * @param line of the frame, from 0; 0 where a frame is one line
 * @param contents what is written, if anything is
 * @param number the package of the CPU
 */
public record OnLine(LineInstruction instruction, Frame frame, int line, int keyId, Value contents, int number)
        implements
            Operation<Accessed> {

    /** On the first line, by a CPU of package 0. */
    public OnLine(LineInstruction instruction, Frame frame, int keyId, Value contents) {
        this(instruction, frame, 0, keyId, contents, 0);
    }

    @Override
    public Results<Accessed> results() {
        return new Results.Closed<>(Accessed.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Memory memory = machine.part(Memory.class);
        HostMemory rule = HostMemory.of(machine);
        MachineChecks checks = MachineChecks.of(machine);
        boolean judged = HostMemory.isJudged(actor);
        Optional<HostLedger> ledger = machine.find(HostLedger.class).filter(_ -> judged);
        require(machine);
        return state -> {
            if (!isPermitted(memory, rule, state)) {
                if (judged && !rule.permits(state, frame.index(), instruction.writes())) {
                    HostMemory.judge(state, true);
                }
                return Accessed.FAULT.ordinal();
            }
            int found = instruction.perform(memory, state, number, frame.index(), line, keyId, contents);
            if (ledger.isPresent()) {
                note(ledger.get(), state, found);
            }
            return settle(found, checks, state, actor).ordinal();
        };
    }

    /** Refuses a line or a package that the machine does not have. */
    void require(Machine machine) {
        Numbered.require("line of a frame", line, machine.part(Memory.class).options().linesPerFrame());
        Numbered.require("package", number, Topology.packagesOf(machine));
    }

    private void note(HostLedger ledger, State state, int found) {
        if (instruction.reads()) {
            ledger.loaded(state, frame.index(), found);
        } else if (instruction.writes()) {
            ledger.stored(state, frame.index(), contents);
        }
    }

    /** Whether the instruction does not fault. */
    boolean isPermitted(Memory memory, HostMemory rule, State state) {
        return memory.options().keyIds().isShared(keyId)
                && rule.permits(state, frame.index(), instruction.writes());
    }

    /** Whether the instruction consumes poison. */
    boolean meetsPoison(Memory memory, State state) {
        return instruction.reads() && memory.lookLine(state, frame.index(), line, keyId) == Memory.POISON;
    }

    /** Does it. */
    Accessed perform(Memory memory, MachineChecks checks, State state, Actor actor) {
        int found = instruction.perform(memory, state, number, frame.index(), line, keyId, contents);
        return settle(found, checks, state, actor);
    }

    /** What follows from what was read. */
    public static Accessed settle(int found, MachineChecks checks, State state, Actor actor) {
        if (found == Memory.POISON) {
            checks.consumed(state, actor, MachineChecks.Where.HOST);
            return Accessed.MACHINE_CHECK;
        }
        if (found != LineInstruction.NOTHING) {
            Ledger.seen(state, actor.principal(), found);
        }
        return Accessed.DONE;
    }

    @Override
    public String mnemonic() {
        return instruction.toString();
    }
}
