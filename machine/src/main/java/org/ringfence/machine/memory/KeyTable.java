package org.ringfence.machine.memory;

import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * The key table of the memory controllers, which PCONFIG programs: which key each KeyID stands for now. A shared KeyID
 * gets a key that the host chooses, known by a number; a private one gets a fresh random key, known by how many it had
 * before.
 *
 * <p>Where {@link MemoryOptions#keyChanges} is 1, lines of an earlier key are marked as such instead, so that the
 * numbers never run out.
 */
public record KeyTable(MemoryOptions options, Bounded key) {

    static KeyTable declare(Declaration declaration, MemoryOptions options) {
        return new KeyTable(
                options,
                declaration.table("KET", "KeyID", options.keyIds().count()).bounded("key", keys(options) - 1));
    }

    /** How many keys of one KeyID are told apart. */
    public static int keys(MemoryOptions options) {
        return Math.max(options.keyChanges() + 1, 1 << options.macBits());
    }

    /** How many keys of one KeyID are told apart, numbered from 0. */
    public int count() {
        return keys(options);
    }

    /** The number of the key that {@code keyId} stands for. */
    public int current(State state, int keyId) {
        return key.get(state, keyId);
    }

    /** Gives a shared KeyID the key with this number. */
    public void choose(State state, int keyId, int number) {
        key.set(state, keyId, number);
    }

    /** Makes junk of what was written under a chosen key; a KeyID that still has it has none that anybody knows. */
    void forget(State state, int number, Memory memory) {
        memory.forEachLine((line, frame) -> {
            if (line.writtenUnder().get(state, frame) != 0 && line.key().get(state, frame) == number) {
                line.value().set(state, frame, Value.ZERO);
                line.writtenAt().set(state, frame, FrameRef.NONE);
            }
        });
        for (int keyId = 1; keyId < options.keyIds().count(); keyId++) {
            if (key.get(state, keyId) == number) {
                key.set(state, keyId, 0);
            }
        }
    }

    /** Gives a private KeyID a fresh key. */
    void change(State state, int keyId, Memory memory) {
        switch (options.keyChanges()) {
            case 0 -> {
                // every key of a KeyID counts as the same
            }
            case 1 -> memory.forEachLine((line, frame) -> {
                if (line.writtenUnder().get(state, frame) == keyId) {
                    line.key().set(state, frame, 1);
                }
            });
            default -> {
                int next = key.get(state, keyId) + 1;
                if (next > options.keyChanges()) {
                    throw new IllegalStateException("KeyID " + keyId + " gets its " + (next + 1)
                            + "th key; the machine's lines tell " + next + " apart");
                }
                key.set(state, keyId, next);
            }
        }
    }

    /**
     * What part of a MAC depends on the key: equal for two keys that collide. Private keys' is none that a host's first
     * key has.
     */
    int macOf(int keyId, int number) {
        int last = (1 << options.macBits()) - 1;
        return options.keyIds().isPrivate(keyId) ? last - number & last : number & last;
    }
}
