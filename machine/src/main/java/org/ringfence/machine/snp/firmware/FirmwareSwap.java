package org.ringfence.machine.snp.firmware;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.rmp.PageState;
import org.ringfence.machine.snp.rmp.RawRmpEntry;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * Swapping: SNP_SWAP_OUT encrypts a guest's page once more, under a key that is independent of where it lies, into a
 * page that the host can read, and notes in a metadata entry what SNP_SWAP_IN needs to put it back. Each ciphertext has
 * an IV of its own; so an older one of the same page does not fit the entry of a newer one.
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

    private static final Value[] VALUES = Value.values();

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

    private ReverseMapTable rmp() {
        return firmware.rmp();
    }

    private boolean checks(FirmwareGuard guard) {
        return firmware.guards().checks(guard);
    }

    private int offlineKey() {
        return firmware.memory().options().keyIds().last();
    }

    /**
     * SNP_SWAP_OUT (0xC0).
     *
     * @param metadata the Metadata page whose entry is written; {@link FrameRef#NONE} for the guest's root entry
     */
    SevStatus out(State state, int gctx, int source, int target, int metadata, Level size, SwapType type) {
        SevStatus refusal = firmware.refusal(state, gctx);
        if (refusal == SevStatus.SUCCESS) {
            refusal = refusalOfMetadata(state, gctx, source, target, metadata, size);
        }
        if (refusal != SevStatus.SUCCESS) {
            return refusal;
        }
        PageState to = firmware.entryState(state, target);
        boolean sized = firmware.entrySize(state, source) == size
                && (to == PageState.DEFAULT || firmware.entrySize(state, target) == size);
        if (!sized && checks(FirmwareGuard.SWAP_SIZES_AGREE)) {
            return SevStatus.INVALID_PAGE_SIZE;
        }
        int guest = firmware.guestAt(state, gctx);
        refusal = firmware.refusalOfUse(state, guest);
        if (refusal != SevStatus.SUCCESS) {
            return refusal;
        }
        PageState from = firmware.entryState(state, source);
        boolean held = from == PageState.PRE_SWAP || from == PageState.PRE_GUEST;
        boolean fits = (type == SwapType.METADATA ? from == PageState.METADATA : held)
                && (to == PageState.FIRMWARE || to == PageState.DEFAULT);
        if (!fits && checks(FirmwareGuard.SWAP_OUT_STATES_FIT)) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        int asid = firmware.guests().asid().get(state, guest);
        boolean owned = type == SwapType.METADATA
                ? rmp().context().get(state, source) == gctx
                : rmp().asid().get(state, source) == asid;
        if (!owned && checks(FirmwareGuard.SWAP_OUT_PAGE_IS_GUESTS)) {
            return SevStatus.INVALID_PAGE_OWNER;
        }
        int count = used.get(state, guest) + 1;
        if (count > mostIvs) {
            return SevStatus.AEAD_OFLOW;
        }
        used.set(state, guest, count);
        int iv = count * firmware.guests().count() + guest;
        int key = type == SwapType.METADATA ? 0 : firmware.key(asid);
        for (int i = 0; i < firmware.span(Math.max(source, target), size); i++) {
            move(state, source + i, key, target + i, offlineKey());
            written.set(state, target + i, iv);
        }
        note(state, at(metadata), index(guest, metadata), source, type, size, iv);
        if (type == SwapType.METADATA) {
            entry.copy(state, source, target);
            rmp().setTag(state, source, 0, FrameRef.NONE);
            rmp().vmsa().set(state, source, 0);
        } else {
            rmp().validated().set(state, source, false);
        }
        return SevStatus.SUCCESS;
    }

    private void note(State state, SwapEntry at, int index, int source, SwapType type, Level size, int iv) {
        boolean metadata = type == SwapType.METADATA;
        at.valid().set(state, index, true);
        at.validated().set(state, index, !metadata && rmp().validated().get(state, source));
        at.kind().set(state, index, type.ordinal());
        at.large().set(state, index, size == Level.SIZE_2M ? 1 : 0);
        at.page().set(state, index, metadata ? 0 : rmp().gpa().get(state, source));
        for (int vmpl = 1; vmpl <= 3; vmpl++) {
            at.masks().set(state, index, vmpl, metadata ? 0 : rmp().masks().get(state, source, vmpl));
        }
        at.iv().set(state, index, iv);
    }

    /**
     * SNP_SWAP_IN (0xC1).
     *
     * @param inPlace whether {@code source} and {@code target} are one Pre-Guest page
     */
    SevStatus in(
            State state,
            int gctx,
            int source,
            int target,
            int metadata,
            Level size,
            SwapType type,
            boolean inPlace) {
        SevStatus refusal = firmware.refusal(state, gctx);
        if (refusal == SevStatus.SUCCESS) {
            refusal = refusalOfMetadata(state, gctx, source, target, metadata, size);
        }
        if (refusal != SevStatus.SUCCESS) {
            return refusal;
        }
        int guest = firmware.guestAt(state, gctx);
        refusal = firmware.refusalOfUse(state, guest);
        if (refusal != SevStatus.SUCCESS) {
            return refusal;
        }
        SwapEntry at = at(metadata);
        int index = index(guest, metadata);
        boolean valid = at.kind().get(state, index) == type.ordinal() && at.valid().get(state, index);
        if (!valid && checks(FirmwareGuard.SWAP_IN_ENTRY_IS_VALID)) {
            return SevStatus.INVALID_MDATA_ENTRY;
        }
        PageState from = firmware.entryState(state, source);
        boolean large = at.large().get(state, index) != 0;
        boolean sized = (from == PageState.DEFAULT || firmware.entrySize(state, source) == size)
                && firmware.entrySize(state, target) == size
                && large == (size == Level.SIZE_2M);
        if (!sized && checks(FirmwareGuard.SWAP_SIZES_AGREE)) {
            return SevStatus.INVALID_PAGE_SIZE;
        }
        refusal = refusalOfTarget(state, guest, source, target, size, type, inPlace);
        if (refusal != SevStatus.SUCCESS) {
            return refusal;
        }
        int span = firmware.span(Math.max(source, target), size);
        if (!isAuthentic(state, guest, source, span, at.iv().get(state, index))
                && checks(FirmwareGuard.SWAP_IN_IS_AUTHENTIC)) {
            return SevStatus.BAD_MEASUREMENT;
        }
        int key = type == SwapType.METADATA
                ? 0
                : firmware.key(firmware.guests().asid().get(state, guest));
        for (int i = 0; i < span; i++) {
            move(state, source + i, offlineKey(), target + i, key);
        }
        if (type == SwapType.METADATA) {
            entry.copy(state, source, target);
            rmp().setTag(state, target, RawRmpEntry.TAG_METADATA, gctx);
        } else {
            rmp().gpa().set(state, target, at.page().get(state, index));
            rmp().vmsa().set(state, target, type == SwapType.VMSA ? 1 : 0);
            for (int vmpl = 1; vmpl <= 3; vmpl++) {
                rmp().masks().set(state, target, vmpl, at.masks().get(state, index, vmpl));
            }
            if (at.validated().get(state, index)) {
                rmp().validated().set(state, target, true);
            }
        }
        at.valid().set(state, index, false);
        return SevStatus.SUCCESS;
    }

    private SevStatus refusalOfTarget(
            State state, int guest, int source, int target, Level size, SwapType type, boolean inPlace) {
        PageState to = firmware.entryState(state, target);
        boolean states = checks(FirmwareGuard.SWAP_IN_STATES_FIT);
        if (type != SwapType.DATA && inPlace) {
            return SevStatus.INVALID_PARAM;
        }
        if (type == SwapType.METADATA) {
            return to != PageState.FIRMWARE && states ? SevStatus.INVALID_PAGE_STATE : SevStatus.SUCCESS;
        }
        if (type == SwapType.VMSA && size != Level.SIZE_4K) {
            return SevStatus.INVALID_PAGE_SIZE;
        }
        if (inPlace && source != target) {
            return SevStatus.INVALID_ADDRESS;
        }
        if (to != PageState.PRE_GUEST && states) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        boolean owned = rmp().asid().get(state, target) == firmware.guests().asid().get(state, guest);
        return owned || !checks(FirmwareGuard.SWAP_IN_PAGE_IS_GUESTS)
                ? SevStatus.SUCCESS
                : SevStatus.INVALID_PAGE_OWNER;
    }

    private SevStatus refusalOfMetadata(State state, int gctx, int source, int target, int metadata, Level size) {
        if (metadata == FrameRef.NONE) {
            return SevStatus.SUCCESS;
        }
        int span = firmware.geometry().span(size);
        if (isWithin(metadata, source, span) || isWithin(metadata, target, span)) {
            return SevStatus.INVALID_PARAM;
        }
        if (firmware.entryState(state, metadata) != PageState.METADATA
                && checks(FirmwareGuard.SWAP_METADATA_IS_METADATA)) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        return rmp().context().get(state, metadata) != gctx && checks(FirmwareGuard.SWAP_METADATA_IS_GUESTS)
                ? SevStatus.INVALID_PAGE_OWNER
                : SevStatus.SUCCESS;
    }

    private static boolean isWithin(int frame, int first, int span) {
        return frame >= first && frame < first + span;
    }

    private SwapEntry at(int metadata) {
        return metadata == FrameRef.NONE ? root : entry;
    }

    private static int index(int guest, int metadata) {
        return metadata == FrameRef.NONE ? guest : metadata;
    }

    private boolean isAuthentic(State state, int guest, int source, int span, int iv) {
        int guests = firmware.guests().count();
        if (iv % guests != guest || iv / guests <= begun.get(state, guest)) {
            return false;
        }
        for (int i = 0; i < span; i++) {
            boolean fits = firmware.memory().writtenUnder().get(state, source + i) == offlineKey()
                    && written.get(state, source + i) == iv;
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    /** Decrypts what lies in a frame under one key and encrypts it to another frame under another. */
    private void move(State state, int source, int from, int target, int to) {
        Memory memory = firmware.memory();
        int value = from == offlineKey() ? memory.value().ordinal(state, source) : memory.read(state, source, from);
        boolean junk = value == Memory.JUNK;
        memory.write(state, target, junk ? Value.ZERO : VALUES[value], to);
        if (junk) {
            memory.writtenAt().set(state, target, FrameRef.NONE);
        }
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
                    && isWithin(page, first, large ? firmware.geometry().smallPerLarge() : 1)) {
                return true;
            }
        }
        return false;
    }
}
