package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * PCONFIG, leaf MKTME_KEY_PROGRAM, with the command KEYID_SET_KEY_DIRECT: the host gives a shared KeyID a key that it
 * has chosen. Only the host's own KeyIDs may be programmed so: neither 0 nor one that is private to the TDX module.
 * Left out are its other commands, and the errors that a busy key table or a lack of entropy give. Source: Intel SDM
 * volume 2, PCONFIG.
 *
 * @param key the number of the key among those the machine tells apart, from 0
 */
public record Pconfig(int keyId, int key) implements Operation<Pconfig.Result> {

    /** What PCONFIG leaves in EAX. */
    public enum Result {
        PROG_SUCCESS(0),
        INVALID_KEYID(3);

        private final int eax;

        Result(int eax) {
            this.eax = eax;
        }

        /** The number. */
        public int eax() {
            return eax;
        }

        @Override
        public String toString() {
            return name() + " (" + eax + ")";
        }
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Memory memory = machine.part(Memory.class);
        if (key < 0 || key >= KeyTable.keys(memory.options())) {
            throw new IllegalArgumentException(
                    "key " + key + " is none of the " + KeyTable.keys(memory.options())
                            + " that the machine tells apart");
        }
        boolean valid = keyId > 0 && memory.options().keyIds().isShared(keyId);
        return state -> {
            if (!valid) {
                return Result.INVALID_KEYID.ordinal();
            }
            memory.keys().choose(state, keyId, key);
            return Result.PROG_SUCCESS.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "PCONFIG";
    }
}
