package org.ringfence.machine.snp.firmware;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.VmplMasks;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;

/**
 * A metadata entry: what the firmware must know of a page that was swapped out to put it back where it was. In life 64
 * bytes: software data, IV, authentication tag, a word of flags and the GPA, the permissions.
 *
 * <p>The tag is told by {@link #iv}, which no other ciphertext of the guest's was made with.
 *
 * @param valid bit 0 of the word: SNP_SWAP_OUT has written the entry and SNP_SWAP_IN not used it yet
 * @param validated bit 1: the page was Pre-Swap
 * @param kind bits 3:2: 0 data, 1 a VMSA, 2 a Metadata page
 * @param large bit 4
 * @param page the number of the guest's page, or what stands for {@code VMSA_GPA}
 */
public record SwapEntry(
        Flag valid, Flag validated, Bounded kind, Bounded large, Bounded page, VmplMasks masks, Bounded iv) {

    static SwapEntry declare(Table table, Geometry geometry, RmpOptions options, int lastIv) {
        return new SwapEntry(
                table.flag("valid"),
                table.flag("validated"),
                table.bounded("kind", SwapType.values().length - 1, ValueNames.of(SwapType.class)),
                table.truth("2M", geometry.hasLargePages()),
                table.page("page", geometry.pages()),
                VmplMasks.declare(table, options),
                table.bounded("IV", lastIv));
    }

    /** What lies at {@code from} comes to lie at {@code to} too. */
    void copy(State state, int from, int to) {
        valid.set(state, to, valid.get(state, from));
        validated.set(state, to, validated.get(state, from));
        kind.set(state, to, kind.get(state, from));
        large.set(state, to, large.get(state, from));
        page.set(state, to, page.get(state, from));
        masks.copy(state, from, to);
        iv.set(state, to, iv.get(state, from));
    }

    /** Whether it says the same in two states of the machine. */
    public boolean isSame(State before, State after, int index) {
        return valid.get(before, index) == valid.get(after, index)
                && validated.get(before, index) == validated.get(after, index)
                && kind.get(before, index) == kind.get(after, index)
                && page.get(before, index) == page.get(after, index)
                && iv.get(before, index) == iv.get(after, index);
    }

    void clear(State state, int index) {
        valid.set(state, index, false);
        validated.set(state, index, false);
        kind.set(state, index, 0);
        large.set(state, index, 0);
        page.set(state, index, 0);
        masks.clear(state, index);
        iv.set(state, index, 0);
    }
}
