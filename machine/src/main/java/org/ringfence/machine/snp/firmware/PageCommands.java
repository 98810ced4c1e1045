package org.ringfence.machine.snp.firmware;

import java.util.Optional;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.rmp.PageState;
import org.ringfence.machine.snp.rmp.RawRmpEntry;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.snp.rmp.RmpFeature;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * The firmware's commands that take a page back, move it, or make large ones of small ones. Each looks at the entry of
 * the address it is given and does not resolve heads of 2M pages, as the firmware does not.
 *
 * <p>Source: SEV firmware, {@code sev_mcmd.c} (snp_mcmd_page_reclaim, _page_move, _page_unsmash, _md_init,
 * _page_set_state) and {@code sev_rmp.c} (page_set_hv_fixed).
 *
 * @param swap where the machine has it: what Metadata pages hold
 */
public record PageCommands(SnpFirmware firmware, Optional<FirmwareSwap> swap) {

    private ReverseMapTable rmp() {
        return firmware.rmp();
    }

    private boolean checks(FirmwareGuard guard) {
        return firmware.guards().checks(guard);
    }

    /**
     * SNP_PAGE_RECLAIM (0xC7). An entry that is not immutable is left as it is, and that is success. A Default page has
     * no entry. The firmware's function goes on with what its stack holds in place of one; its switch over page states
     * refuses it.
     */
    SevStatus reclaim(State state, int frame, Level size) {
        if (firmware.isOff(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        PageState now = firmware.entryState(state, frame);
        if (now == PageState.DEFAULT) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        Level actual = firmware.entrySize(state, frame);
        if (actual != size && checks(FirmwareGuard.RECLAIM_SIZE_AGREES)) {
            return SevStatus.INVALID_PAGE_SIZE;
        }
        if (!rmp().isImmutable(state, frame)) {
            return SevStatus.SUCCESS;
        }
        boolean can = now == PageState.METADATA
                || now == PageState.FIRMWARE
                || now == PageState.PRE_GUEST
                || now == PageState.PRE_SWAP;
        if (!can && checks(FirmwareGuard.RECLAIM_STATE_IS_RECLAIMABLE)) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        rmp().setImmutable(state, frame, false, false);
        rmp().setTag(state, frame, 0, FrameRef.NONE);
        return SevStatus.SUCCESS;
    }

    /** SNP_PAGE_MOVE (0xC2). */
    SevStatus move(State state, int gctx, int source, int target, Level size) {
        if (firmware.isOff(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!firmware.isContext(state, gctx)) {
            return SevStatus.INVALID_GUEST;
        }
        boolean sized = firmware.entrySize(state, source) == size && firmware.entrySize(state, target) == size;
        if (!sized && checks(FirmwareGuard.MOVE_SIZES_AGREE)) {
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
        PageState to = firmware.entryState(state, target);
        if (from == PageState.METADATA && to == PageState.FIRMWARE) {
            return moveMetadata(state, gctx, source, target);
        }
        boolean fits = (from == PageState.PRE_SWAP || from == PageState.PRE_GUEST) && to == PageState.PRE_GUEST;
        if (!fits && checks(FirmwareGuard.MOVE_STATES_FIT)) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        int asid = firmware.guests().asid().get(state, guest);
        boolean owned = rmp().asid().get(state, source) == asid && rmp().asid().get(state, target) == asid;
        if (!owned && checks(FirmwareGuard.MOVE_PAGES_ARE_GUESTS)) {
            return SevStatus.INVALID_PAGE_OWNER;
        }
        int span = firmware.span(Math.max(source, target), firmware.entrySize(state, target));
        for (int i = 0; i < span; i++) {
            reencrypt(state, source + i, target + i, firmware.key(asid));
        }
        rmp().gpa().set(state, target, rmp().gpa().get(state, source));
        rmp().vmsa().set(state, target, rmp().vmsa().get(state, source));
        rmp().masks().copy(state, source, target);
        rmp().validated().set(state, target, from == PageState.PRE_SWAP || rmp().validated().get(state, target));
        rmp().setImmutable(state, target, false, false);
        rmp().validated().set(state, source, false);
        rmp().setImmutable(state, source, false, false);
        return SevStatus.SUCCESS;
    }

    private SevStatus moveMetadata(State state, int gctx, int source, int target) {
        if (rmp().context().get(state, source) != gctx && checks(FirmwareGuard.MOVE_PAGES_ARE_GUESTS)) {
            return SevStatus.INVALID_PAGE_OWNER;
        }
        int span = firmware.span(Math.max(source, target), firmware.entrySize(state, target));
        for (int i = 0; i < span; i++) {
            firmware.memory().copyRaw(state, source + i, target + i);
        }
        swap.ifPresent(swapped -> swapped.copied(state, source, target));
        rmp().setTag(state, target, RawRmpEntry.TAG_METADATA, gctx);
        rmp().setTag(state, source, 0, FrameRef.NONE);
        rmp().vmsa().set(state, source, 0);
        return SevStatus.SUCCESS;
    }

    private void reencrypt(State state, int source, int target, int key) {
        Memory memory = firmware.memory();
        int value = memory.read(state, source, key);
        if (value == Memory.JUNK) {
            memory.write(state, target, Value.ZERO, key);
            memory.writtenAt().set(state, target, FrameRef.NONE);
        } else {
            memory.write(state, target, VALUES[value], key);
        }
    }

    private static final Value[] VALUES = Value.values();

    /** SNP_MD_INIT (0xC3): a Firmware page becomes a Metadata page of the guest's, zeroed. */
    SevStatus mdInit(State state, int gctx, int frame) {
        if (firmware.isOff(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!firmware.isContext(state, gctx)) {
            return SevStatus.INVALID_GUEST;
        }
        if (firmware.entryState(state, frame) != PageState.FIRMWARE
                && checks(FirmwareGuard.MD_INIT_PAGE_IS_FIRMWARES)) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        int guest = firmware.guestAt(state, gctx);
        if (!firmware.isLaunchedOrRuns(state, guest)) {
            return SevStatus.INVALID_GUEST_STATE;
        }
        for (int i = 0; i < firmware.span(frame, firmware.entrySize(state, frame)); i++) {
            firmware.memory().write(state, frame + i, Value.ZERO, 0);
        }
        swap.ifPresent(swapped -> swapped.entry().clear(state, frame));
        rmp().setTag(state, frame, RawRmpEntry.TAG_METADATA, gctx);
        return SevStatus.SUCCESS;
    }

    /**
     * SNP_PAGE_SET_STATE (0xC6): a range of Firmware pages becomes HV_Fixed. The firmware compares whole entries, the
     * lock bit included: a page that RMPUPDATE made Firmware passes only if RMPUPDATE locks what it makes immutable
     * ({@link RmpFeature#IMMUTABLE_LOCKS}).
     */
    SevStatus setHvFixed(State state, int first, int count) {
        if (firmware.isOff(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        for (int frame = first; frame < first + count; frame++) {
            boolean made = frame < rmp().covered()
                    && (rmp().raw(state, frame).q1() & ~RawRmpEntry.SUBPAGES) == RawRmpEntry.FIRMWARE;
            if (!made && checks(FirmwareGuard.SET_STATE_PAGES_ARE_FIRMWARES)) {
                return SevStatus.INVALID_PAGE_STATE;
            }
        }
        for (int frame = first; frame < first + count; frame++) {
            rmp().reset(state, frame, false, true);
        }
        return SevStatus.SUCCESS;
    }

    /**
     * SNP_PAGE_UNSMASH (0xC8): 4K pages become one 2M page. All are looked at before any is changed. That the first
     * one's GPA is 2M-aligned is asked for with the check off too: the entry of a 2M page has no other, and what an RMP
     * would make of one is nowhere told.
     */
    SevStatus unsmash(State state, int frame) {
        if (!firmware.geometry().hasLargePages() || !firmware.geometry().isLargeAligned(frame)) {
            return SevStatus.INVALID_PARAM;
        }
        if (firmware.isOff(state)) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        int span = firmware.geometry().smallPerLarge();
        if (frame + span > rmp().covered()) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        if (!firmware.geometry().isLargeAligned(rmp().gpa().get(state, frame))) {
            return SevStatus.INVALID_PAGE_STATE;
        }
        for (int i = 0; i < span && checks(FirmwareGuard.UNSMASH_PAGES_ARE_ALIKE); i++) {
            if (!isAlike(state, frame, i)) {
                return SevStatus.INVALID_PAGE_STATE;
            }
        }
        rmp().pagesize().set(state, frame, 1);
        for (int i = 1; i < span; i++) {
            rmp().assigned().set(state, frame + i, true);
            rmp().setAsid(state, frame + i, 0);
            rmp().setImmutable(state, frame + i, false, false);
        }
        return SevStatus.SUCCESS;
    }

    private boolean isAlike(State state, int head, int i) {
        ReverseMapTable rmp = rmp();
        int frame = head + i;
        boolean fit = firmware.entrySize(state, frame) == Level.SIZE_4K
                && rmp.isImmutable(state, frame)
                && rmp.vmsa().get(state, frame) == 0
                && rmp.asid().get(state, frame) != 0;
        return fit
                && firmware.entryState(state, frame) == firmware.entryState(state, head)
                && rmp.asid().get(state, frame) == rmp.asid().get(state, head)
                && rmp.gpa().get(state, frame) == rmp.gpa().get(state, head) + i
                && rmp.masks().same(state, frame, head);
    }
}
