package org.ringfence.machine.memory;

import org.ringfence.machine.memory.MemoryOptions.CrossKey;
import org.ringfence.machine.memory.MemoryOptions.Integrity;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * The memory controller: what becomes of a line that is read or written under some KeyID.
 *
 * <p><em>Writes are never checked.</em> A write of a full line takes the place of all that was there: under a private
 * KeyID it sets the TD-owner bit and, in Ci, the MAC; under a shared one it clears the bit; either clears poison.
 *
 * <p><em>Reads.</em> A line that is poisoned stays so and is poison to whoever reads it. Else:
 * <table>
 * <caption>What a read finds</caption>
 * <tr><th>reader's KeyID</th><th>TD-owner bit</th><th>MAC</th><th>result</th></tr>
 * <tr><td>private</td><td>set</td><td>matches, or Li</td><td>contents, under the reader's key</td></tr>
 * <tr><td>private</td><td>clear</td><td></td><td>new poison</td></tr>
 * <tr><td>private</td><td>set</td><td>differs, in Ci</td><td>new poison</td></tr>
 * <tr><td>shared</td><td>set</td><td>not looked at</td><td>zeroes, no new poison</td></tr>
 * <tr><td>shared</td><td>clear</td><td></td><td>contents, under the reader's key</td></tr>
 * </table> What is read under another key than it was written under, or at another place, is junk. Without a TD-owner
 * bit only the last row is left.
 *
 * <p>Source: Intel TDX Module Base Architecture Specification, chapter 16. Open there is what Li reads across private
 * keys: {@link MemoryOptions.CrossKey}.
 *
 * @param checksOwner {@link MemoryGuard#PRIVATE_READ_IS_OF_OWNED_LINE}
 * @param hidesOwned {@link MemoryGuard#SHARED_READ_OF_OWNED_LINE_IS_ZERO}
 * @param checksMac {@link MemoryGuard#MAC_MATCHES}
 */
record MemoryController(
        MemoryOptions options, KeyTable keys, boolean checksOwner, boolean hidesOwned, boolean checksMac) {

    static MemoryController of(MemoryOptions options, KeyTable keys, Guards guards) {
        return new MemoryController(
                options,
                keys,
                guards.checks(MemoryGuard.PRIVATE_READ_IS_OF_OWNED_LINE),
                guards.checks(MemoryGuard.SHARED_READ_OF_OWNED_LINE_IS_ZERO),
                guards.checks(MemoryGuard.MAC_MATCHES));
    }

    /** Reads a line; new poison sticks where poison does. */
    int read(State state, Line line, int frame, int keyId) {
        int found = look(state, line, frame, keyId);
        if (found == Memory.POISON && options.poison()) {
            line.poison().set(state, frame, 1);
        }
        return found;
    }

    /** Whether a line was written under the reader's key at its place, and is not poisoned. */
    boolean isSound(State state, Line line, int frame, int keyId) {
        return line.writtenUnder().get(state, frame) == keyId
                && !line.isPoisoned(state, frame)
                && line.key().get(state, frame) == keys.current(state, keyId)
                && (keyId == 0 || !options.ciphertextMoves() || line.writtenAt().get(state, frame) == frame);
    }

    /** What {@link #read} would find. */
    int look(State state, Line line, int frame, int keyId) {
        if (options.integrity() == Integrity.NONE) {
            return line.isPoisoned(state, frame) ? Memory.POISON : contents(state, line, frame, keyId);
        }
        if (line.isPoisoned(state, frame)) {
            return Memory.POISON;
        }
        boolean owned = isOwned(state, line, frame);
        return options.keyIds().isPrivate(keyId)
                ? readPrivate(state, line, frame, keyId, owned)
                : readShared(state, line, frame, keyId, owned);
    }

    private int readPrivate(State state, Line line, int frame, int keyId, boolean owned) {
        if (checksOwner && !owned) {
            return Memory.POISON;
        }
        int found = contents(state, line, frame, keyId);
        if (found != Memory.JUNK) {
            return found;
        }
        boolean refused = options.integrity() == Integrity.CRYPTOGRAPHIC
                ? checksMac && !collides(state, line, frame, keyId)
                : owned && options.crossKey() == CrossKey.MACHINE_CHECK;
        return refused ? Memory.POISON : found;
    }

    private int readShared(State state, Line line, int frame, int keyId, boolean owned) {
        if (!owned) {
            return contents(state, line, frame, keyId);
        }
        if (hidesOwned) {
            return Value.ZERO.ordinal();
        }
        boolean refused = keyId != 0
                && options.integrity() == Integrity.CRYPTOGRAPHIC
                && checksMac
                && !collides(state, line, frame, keyId);
        return refused ? Memory.POISON : Memory.JUNK;
    }

    /** The contents under the reader's key, unchecked. */
    private int contents(State state, Line line, int frame, int keyId) {
        return isOf(state, line, frame, keyId) ? line.value().ordinal(state, frame) : Memory.JUNK;
    }

    private boolean isOf(State state, Line line, int frame, int keyId) {
        return isUnderKeyOf(state, line, frame, keyId)
                && line.key().get(state, frame) == keys.current(state, keyId)
                && (keyId == 0 || !options.ciphertextMoves() || line.writtenAt().get(state, frame) == frame);
    }

    /**
     * Without a TD-owner bit a chosen key is the same under each KeyID that has it: a guest keeps its key under another
     * ASID.
     */
    private boolean isUnderKeyOf(State state, Line line, int frame, int keyId) {
        int written = line.writtenUnder().get(state, frame);
        boolean moves = options.integrity() == Integrity.NONE && options.keyChanges() > 0;
        return written == keyId || moves && written != 0 && keyId != 0 && keys.current(state, keyId) != 0;
    }

    /** Whether a MAC made with another key, or for other contents, is by chance the one that the reader's key makes. */
    private boolean collides(State state, Line line, int frame, int keyId) {
        return options.macBits() > 0
                && keys.macOf(line.writtenUnder().get(state, frame), line.key().get(state, frame))
                        == keys.macOf(keyId, keys.current(state, keyId));
    }

    /** The TD-owner bit. */
    boolean isOwned(State state, Line line, int frame) {
        return options.keyIds().isPrivate(line.writtenUnder().get(state, frame));
    }

    /** Writes a full line. */
    void write(State state, Line line, int frame, int keyId, Value contents) {
        line.value().set(state, frame, contents);
        line.writtenUnder().set(state, frame, keyId);
        if (options.ciphertextMoves()) {
            line.writtenAt().set(state, frame, keyId == 0 ? FrameRef.NONE : frame);
        }
        line.key().set(state, frame, keys.current(state, keyId));
        line.poison().set(state, frame, 0);
    }

    /**
     * Writes a part of a line: the controller reads the rest and writes the whole, so what is poison to that read stays
     * poison. A processor with the partial-write erratum poisons a TD's line at once. Source: Linux,
     * arch/x86/virt/vmx/tdx/tdx.c (check_tdx_erratum).
     */
    void writePartially(State state, Line line, int frame, int keyId, Value contents) {
        boolean erratum = options.partialWriteErratum()
                && options.keyIds().isShared(keyId)
                && isOwned(state, line, frame);
        if (erratum) {
            line.poison().set(state, frame, 1);
        } else if (read(state, line, frame, keyId) != Memory.POISON) {
            write(state, line, frame, keyId, contents);
        }
    }
}
