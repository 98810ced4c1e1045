package org.ringfence.machine.snp.firmware;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * What the firmware keeps of swapped pages. SNP_SWAP_OUT encrypts a guest's page once more, under a key that is
 * independent of where it lies, into a page that the host can read, and notes in a metadata entry what SNP_SWAP_IN
 * needs to put it back ({@link SwapCommands}). Each ciphertext has an IV of its own; so an older one of the same page
 * does not fit the entry of a newer one.
 *
 * <p>What it guarantees: a page comes back at its own GPA with its own contents, once, and validated only if it was.
 *
 * <p>Contents under the offline key have the greatest key of {@link Memory}; they mean the same wherever they lie, as
 * far as {@link HostCopy} carries their IV along. Each guest has a key of its own there: here an IV tells whose it is,
 * and is used once for all guests that have the guest's number one after the other. A metadata entry is named by its
 * page; each page here has one, in life 64. It is what the page holds, and goes where that goes.
 *
 * <p>Source: SEV firmware, {@code sev_mcmd.c} (snp_mcmd_swap_out, snp_mcmd_swap_in).
 *
 * @param mostIvs how many pages a guest can swap out before AEAD_OFLOW; 2^64 - 2 in life
 * @param entry of each frame: of a Metadata page, and of one that was swapped out
 * @param root of each guest: an entry that the firmware keeps itself
 * @param used of each guest, and those before it with its number: how many IVs
 * @param begun of each guest: how many of them before it
 * @param written of each frame: the IV of the ciphertext in it
 */
public record FirmwareSwap(
        SnpFirmware firmware, int mostIvs, SwapEntry entry, SwapEntry root, Bounded used, Bounded begun,
        Bounded written) {

    /** Declares what swapping needs. */
    public static FirmwareSwap declare(Declaration declaration, SnpFirmware firmware, int mostIvs) {
        Geometry geometry = firmware.geometry();
        RmpOptions options = firmware.snp().options();
        int guests = firmware.guests().count();
        int lastIv = mostIvs * guests + guests - 1;
        Table keys = declaration.table("offline key", "guest", guests);
        return new FirmwareSwap(
                firmware,
                mostIvs,
                SwapEntry.declare(declaration.perFrame("metadata entry"), geometry, options, lastIv),
                SwapEntry.declare(declaration.table("root metadata", "guest", guests), geometry, options, lastIv),
                keys.bounded("IVs used", mostIvs),
                keys.bounded("IVs before", mostIvs),
                declaration.perFrame("swapped out").bounded("IV", lastIv));
    }

    /** The key of contents that are swapped out. */
    int offlineKey() {
        return firmware.memory().options().keyIds().last();
    }

    /** What the metadata entry and the IV of a frame become when another frame is copied to it. */
    void copied(State state, int from, int to) {
        written.set(state, to, written.get(state, from));
        entry.copy(state, from, to);
    }

    /** A guest with this number begins: with a key of its own, and without an entry. */
    void begin(State state, int guest) {
        root.clear(state, guest);
        begun.set(state, guest, used.get(state, guest));
    }

    /** Whether a page that a guest has validated at {@code page} is swapped out, so that it may come back. */
    public boolean holds(State state, int page) {
        return holds(state, entry, firmware.geometry().frames(), page)
                || holds(state, root, firmware.guests().count(), page);
    }

    private boolean holds(State state, SwapEntry entries, int count, int page) {
        for (int index = 0; index < count; index++) {
            boolean large = entries.large().get(state, index) != 0;
            int first = entries.page().get(state, index);
            if (entries.valid().get(state, index)
                    && entries.validated().get(state, index)
                    && page >= first
                    && page < first + (large ? firmware.geometry().smallPerLarge() : 1)) {
                return true;
            }
        }
        return false;
    }
}
