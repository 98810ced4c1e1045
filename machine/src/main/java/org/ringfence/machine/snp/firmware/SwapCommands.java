package org.ringfence.machine.snp.firmware;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.rmp.PageState;
import org.ringfence.machine.snp.rmp.RawRmpEntry;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * The firmware's commands that swap a page out and in. What they remember is {@link FirmwareSwap}.
 *
 * <p>Source: SEV firmware, {@code sev_mcmd.c} (snp_mcmd_swap_out, snp_mcmd_swap_in).
 */
public record SwapCommands(FirmwareSwap swap) {

    private static final Value[] VALUES = Value.values();

    private SnpFirmware firmware() {
        return swap.firmware();
    }

    private ReverseMapTable rmp() {
        return firmware().rmp();
    }

    private boolean checks(FirmwareGuard guard) {
        return firmware().guards().checks(guard);
    }

    /**
     * SNP_SWAP_OUT (0xC0).
     *
     * @param metadata the Metadata page whose entry is written; {@link FrameRef#NONE} for the guest's root entry
     */
    SevStatus out(State state, int gctx, int source, int target, int metadata, Level size, SwapType type) {
        SnpFirmware firmware = firmware();
        if (firmware.isOff(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!firmware.isContext(state, gctx)) {
            return SevStatus.INVALID_GUEST;
        }
        if (isSwapped(metadata, source, target, size)) {
            return SevStatus.INVALID_PARAM;
        }
        if (!isMetadata(state, metadata) && checks(FirmwareGuard.SWAP_METADATA_IS_METADATA)) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        if (!isMetadataOf(state, metadata, gctx) && checks(FirmwareGuard.SWAP_METADATA_IS_GUESTS)) {
            return SevStatus.INVALID_PAGE_OWNER;
        }
        PageState to = firmware.entryState(state, target);
        boolean sized = firmware.entrySize(state, source) == size
                && (to == PageState.DEFAULT || firmware.entrySize(state, target) == size);
        if (!sized && checks(FirmwareGuard.SWAP_SIZES_AGREE)) {
            return SevStatus.INVALID_PAGE_SIZE;
        }
        int guest = firmware.guestAt(state, gctx);
        if (!firmware.isLaunchedOrRuns(state, guest)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        if (firmware.isInactive(state, guest)) {
            return SevStatus.INACTIVE;
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
        int count = swap.used().get(state, guest) + 1;
        if (count > swap.mostIvs()) {
            return SevStatus.AEAD_OFLOW;
        }
        swap.used().set(state, guest, count);
        int iv = count * firmware.guests().count() + guest;
        int key = type == SwapType.METADATA ? 0 : firmware.key(asid);
        for (int i = 0; i < firmware.span(Math.max(source, target), size); i++) {
            move(state, source + i, key, target + i, swap.offlineKey());
            swap.written().set(state, target + i, iv);
        }
        note(state, at(metadata), index(guest, metadata), source, type, size, iv);
        if (type == SwapType.METADATA) {
            swap.entry().copy(state, source, target);
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
        SnpFirmware firmware = firmware();
        if (firmware.isOff(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!firmware.isContext(state, gctx)) {
            return SevStatus.INVALID_GUEST;
        }
        if (isSwapped(metadata, source, target, size)) {
            return SevStatus.INVALID_PARAM;
        }
        if (!isMetadata(state, metadata) && checks(FirmwareGuard.SWAP_METADATA_IS_METADATA)) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        if (!isMetadataOf(state, metadata, gctx) && checks(FirmwareGuard.SWAP_METADATA_IS_GUESTS)) {
            return SevStatus.INVALID_PAGE_OWNER;
        }
        int guest = firmware.guestAt(state, gctx);
        if (!firmware.isLaunchedOrRuns(state, guest)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        if (firmware.isInactive(state, guest)) {
            return SevStatus.INACTIVE;
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
        if (inPlace && type != SwapType.DATA) {
            return SevStatus.INVALID_PARAM;
        }
        if (type == SwapType.VMSA && size != Level.SIZE_4K) {
            return SevStatus.INVALID_PAGE_SIZE;
        }
        if (inPlace && source != target) {
            return SevStatus.INVALID_ADDRESS;
        }
        PageState taken = type == SwapType.METADATA ? PageState.FIRMWARE : PageState.PRE_GUEST;
        if (firmware.entryState(state, target) != taken && checks(FirmwareGuard.SWAP_IN_STATES_FIT)) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        int asid = firmware.guests().asid().get(state, guest);
        boolean owned = type == SwapType.METADATA || rmp().asid().get(state, target) == asid;
        if (!owned && checks(FirmwareGuard.SWAP_IN_PAGE_IS_GUESTS)) {
            return SevStatus.INVALID_PAGE_OWNER;
        }
        int span = firmware.span(Math.max(source, target), size);
        boolean authentic = isAuthentic(state, guest, source, span, at.iv().get(state, index));
        if (!authentic && checks(FirmwareGuard.SWAP_IN_IS_AUTHENTIC)) {
            return SevStatus.BAD_MEASUREMENT;
        }
        int key = type == SwapType.METADATA ? 0 : firmware.key(asid);
        for (int i = 0; i < span; i++) {
            move(state, source + i, swap.offlineKey(), target + i, key);
        }
        if (type == SwapType.METADATA) {
            swap.entry().copy(state, source, target);
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

    /** Whether the metadata page itself is in what is swapped. */
    private boolean isSwapped(int metadata, int source, int target, Level size) {
        int span = firmware().geometry().span(size);
        return metadata != FrameRef.NONE && (isWithin(metadata, source, span) || isWithin(metadata, target, span));
    }

    private boolean isMetadata(State state, int metadata) {
        return metadata == FrameRef.NONE || firmware().entryState(state, metadata) == PageState.METADATA;
    }

    private boolean isMetadataOf(State state, int metadata, int gctx) {
        return metadata == FrameRef.NONE || rmp().context().get(state, metadata) == gctx;
    }

    private static boolean isWithin(int frame, int first, int span) {
        return frame >= first && frame < first + span;
    }

    private SwapEntry at(int metadata) {
        return metadata == FrameRef.NONE ? swap.root() : swap.entry();
    }

    private static int index(int guest, int metadata) {
        return metadata == FrameRef.NONE ? guest : metadata;
    }

    private boolean isAuthentic(State state, int guest, int source, int span, int iv) {
        int guests = firmware().guests().count();
        if (iv % guests != guest || iv / guests <= swap.begun().get(state, guest)) {
            return false;
        }
        for (int i = 0; i < span; i++) {
            boolean fits = firmware().memory().writtenUnder().get(state, source + i) == swap.offlineKey()
                    && swap.written().get(state, source + i) == iv;
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    /** Decrypts what lies in a frame under one key and encrypts it to another frame under another. */
    private void move(State state, int source, int from, int target, int to) {
        Memory memory = firmware().memory();
        int value = from == swap.offlineKey()
                ? memory.value().ordinal(state, source)
                : memory.read(state, source, from);
        boolean junk = value == Memory.JUNK;
        memory.write(state, target, junk ? Value.ZERO : VALUES[value], to);
        if (junk) {
            memory.writtenAt().set(state, target, FrameRef.NONE);
        }
    }
}
