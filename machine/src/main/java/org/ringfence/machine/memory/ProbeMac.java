package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * One try of a search for MACs: the host gives a shared KeyID a key, and reads a line under it. Where the MAC of a TD's
 * line is by chance the one that this key makes, the read tells so, unless the controller answers with zeroes before it
 * looks at the MAC; where it is not, the try ends with a machine check. In life the search is through 28 bits;
 * {@link MemoryOptions#macBits} makes it short. Source: Intel TDX Module Base Architecture Specification, chapter 16.
 *
 * @param key as in {@link Pconfig}
 */
public record ProbeMac(Frame frame, int keyId, int key) implements Operation<ProbeMac.Result> {

    /** What the host learns. */
    public enum Result {
        /** The line is a TD's and its MAC is the one that the key makes. */
        COLLISION,
        /** Zeroes: the line is a TD's, or holds zeroes. */
        ZEROES,
        /** The host has a machine check. */
        MACHINE_CHECK,
        /** The line is no TD's; it holds something. */
        CONTENTS
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Memory memory = machine.part(Memory.class);
        MachineChecks checks = MachineChecks.of(machine);
        if (keyId < 1 || !memory.options().keyIds().isShared(keyId)) {
            throw new IllegalArgumentException("the host cannot give KeyID " + keyId + " a key; allowed are 1 to "
                    + memory.options().keyIds().shared());
        }
        Numbered.require("key", key, memory.keys().count());
        return state -> {
            memory.keys().choose(state, keyId, key);
            int found = memory.readLine(state, frame.index(), 0, keyId);
            if (OnLine.settle(found, checks, state, actor) == Accessed.MACHINE_CHECK) {
                return Result.MACHINE_CHECK.ordinal();
            }
            if (found == Value.ZERO.ordinal()) {
                return Result.ZEROES.ordinal();
            }
            boolean collides = found == Memory.JUNK && memory.isOwned(state, frame.index(), 0);
            return (collides ? Result.COLLISION : Result.CONTENTS).ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "probe MAC";
    }
}
