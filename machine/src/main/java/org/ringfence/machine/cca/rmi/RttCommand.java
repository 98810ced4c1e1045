package org.ringfence.machine.cca.rmi;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.CcaGuard;
import org.ringfence.machine.cca.granule.GranuleState;
import org.ringfence.machine.cca.rtt.Rtt;
import org.ringfence.machine.cca.rtt.RttEntry;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * Commands on translation tables. Source: TF-RMM rmm-spec-v1.0-rel0, rmi/rtt.c. Tables below the root are of level 3,
 * so that Create, Fold and Destroy take that level only.
 */
public sealed interface RttCommand extends RmiCommand {

    /** The place at which a block begins whose table is of {@code level}; -1 where the operands are wrong. */
    private static int structure(Cca cca, long ipa, int level) {
        int place = cca.rtt().place(ipa);
        return level == Rtt.PAGE_LEVEL && place >= 0 && cca.rtt().isBlockAligned(place) ? place : -1;
    }

    /** RMI_RTT_CREATE (0xD). */
    record Create(Frame rd, Frame rtt, long ipa, int level) implements RttCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            if (!cca.granules().is(state, rtt.index(), GranuleState.DELEGATED)
                    && cca.checks(CcaGuard.RTT_CREATE_GRANULE_IS_DELEGATED)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int realm = cca.realms().at(state, rd.index());
            if (realm < 0 || rd.equals(rtt)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int place = structure(cca, ipa, level);
            if (place < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            Rtt tables = cca.rtt();
            int parent = tables.block(realm, place);
            if (tables.entry().is(state, parent, RttEntry.TABLE)
                    && cca.checks(CcaGuard.RTT_CREATE_ENTRY_IS_NO_TABLE)) {
                return RmiStatus.RMI_ERROR_RTT_2;
            }
            if (!tables.entry().is(state, parent, RttEntry.TABLE)) {
                tables.unfold(state, realm, place);
            }
            cca.granules().set(state, rtt.index(), GranuleState.RTT);
            tables.set(state, parent, RttEntry.TABLE, rtt.index());
            return RmiStatus.RMI_SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "RMI_RTT_CREATE";
        }
    }

    /** RMI_RTT_DESTROY (0xE). */
    record Destroy(Frame rd, long ipa, int level) implements RttCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            int realm = cca.realms().at(state, rd.index());
            if (realm < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int place = structure(cca, ipa, level);
            if (place < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            Rtt tables = cca.rtt();
            int parent = tables.block(realm, place);
            if (!tables.entry().is(state, parent, RttEntry.TABLE)) {
                return RmiStatus.RMI_ERROR_RTT_2;
            }
            if (tables.isLive(state, realm, place) && cca.checks(CcaGuard.RTT_DESTROY_TABLE_IS_NOT_LIVE)) {
                return RmiStatus.RMI_ERROR_RTT_3;
            }
            RttEntry next = left(state, tables, realm, place, cca.checks(CcaGuard.RTT_DESTROY_TELLS_THE_REALM));
            int table = tables.output().get(state, parent);
            tables.clear(state, realm, place);
            tables.set(state, parent, next, FrameRef.NONE);
            cca.invalidate(state, realm, place, tables.span(), CcaGuard.RTT_DESTROY_INVALIDATES);
            cca.release(state, table);
            return RmiStatus.RMI_SUCCESS;
        }

        private static RttEntry left(State state, Rtt tables, int realm, int place, boolean tells) {
            if (!tables.isProtected(place)) {
                return RttEntry.UNASSIGNED_NS;
            }
            return tells
                    ? RttEntry.UNASSIGNED_DESTROYED
                    : RttEntry.of(RttEntry.UNASSIGNED_RAM.hipas(),
                            tables.entry().get(state, tables.page(realm, place)).ripas());
        }

        @Override
        public String mnemonic() {
            return "RMI_RTT_DESTROY";
        }
    }

    /** RMI_RTT_FOLD (0x16). */
    record Fold(Frame rd, long ipa, int level) implements RttCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            int realm = cca.realms().at(state, rd.index());
            if (realm < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int place = structure(cca, ipa, level);
            if (place < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            Rtt tables = cca.rtt();
            int parent = tables.block(realm, place);
            if (!tables.entry().is(state, parent, RttEntry.TABLE)) {
                return RmiStatus.RMI_ERROR_RTT_2;
            }
            if (!tables.isHomogeneous(state, realm, place)
                    && cca.checks(CcaGuard.RTT_FOLD_TABLE_IS_HOMOGENEOUS)) {
                return RmiStatus.RMI_ERROR_RTT_3;
            }
            RttEntry all = tables.entry().get(state, tables.page(realm, place));
            int first = tables.output().get(state, tables.page(realm, place));
            if (first >= 0 && !fits(state, cca, realm, place, first)) {
                return RmiStatus.RMI_ERROR_RTT_3;
            }
            int table = tables.output().get(state, parent);
            tables.clear(state, realm, place);
            tables.set(state, parent, all, first);
            cca.release(state, table);
            return RmiStatus.RMI_SUCCESS;
        }

        /** Without large pages nothing is mapped as a block; a block that leaves memory is none. */
        private static boolean fits(State state, Cca cca, int realm, int place, int first) {
            boolean possible = cca.geometry().hasLargePages()
                    && first + cca.rtt().span() <= cca.geometry().frames();
            return possible
                    && (cca.rtt().isContiguous(state, realm, place) || !cca.checks(CcaGuard.RTT_FOLD_IS_CONTIGUOUS));
        }

        @Override
        public String mnemonic() {
            return "RMI_RTT_FOLD";
        }
    }

    /**
     * RMI_RTT_MAP_UNPROTECTED (0xF).
     *
     * @param level 3, or 2 for a block
     * @param desc the first frame that is mapped; of a block one that is aligned to it
     */
    record MapUnprotected(Frame rd, long ipa, int level, Frame desc) implements RttCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            Rtt tables = cca.rtt();
            if (level < Rtt.BLOCK_LEVEL || level > Rtt.PAGE_LEVEL) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int realm = cca.realms().at(state, rd.index());
            if (realm < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int place = tables.place(ipa);
            if (level == Rtt.BLOCK_LEVEL && !canBeBlock(cca, place, desc.index())) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            if (place < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            if (tables.isProtected(place) && cca.checks(CcaGuard.MAP_UNPROTECTED_IPA_IS_UNPROTECTED)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int entry = level == Rtt.BLOCK_LEVEL ? tables.block(realm, place) : tables.walk(state, realm, place);
            if (tables.level(entry) != level) {
                return RmiStatus.rtt(tables.level(entry));
            }
            RttEntry found = tables.entry().get(state, entry);
            boolean free = found == RttEntry.UNASSIGNED_NS || found.isUnassigned();
            if (!free && (found != RttEntry.ASSIGNED_NS
                    || cca.checks(CcaGuard.MAP_UNPROTECTED_ENTRY_IS_UNASSIGNED))) {
                return RmiStatus.rtt(level);
            }
            tables.set(state, entry, RttEntry.ASSIGNED_NS, desc.index());
            return RmiStatus.RMI_SUCCESS;
        }

        private static boolean canBeBlock(Cca cca, int place, int frame) {
            return cca.geometry().hasLargePages()
                    && place >= 0
                    && cca.rtt().isBlockAligned(place)
                    && cca.geometry().isLargeAligned(frame);
        }

        @Override
        public String mnemonic() {
            return "RMI_RTT_MAP_UNPROTECTED";
        }
    }

    /** RMI_RTT_UNMAP_UNPROTECTED (0x12). */
    record UnmapUnprotected(Frame rd, long ipa, int level) implements RttCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            Rtt tables = cca.rtt();
            if (level < Rtt.BLOCK_LEVEL || level > Rtt.PAGE_LEVEL) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int realm = cca.realms().at(state, rd.index());
            if (realm < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int place = tables.place(ipa);
            if (place < 0 || level == Rtt.BLOCK_LEVEL && !tables.isBlockAligned(place)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            if (tables.isProtected(place)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int entry = level == Rtt.BLOCK_LEVEL ? tables.block(realm, place) : tables.walk(state, realm, place);
            if (tables.level(entry) != level || !tables.entry().is(state, entry, RttEntry.ASSIGNED_NS)) {
                return RmiStatus.rtt(tables.level(entry));
            }
            tables.set(state, entry, RttEntry.UNASSIGNED_NS, FrameRef.NONE);
            int count = level == Rtt.BLOCK_LEVEL ? tables.span() : 1;
            cca.invalidate(state, realm, place, count, CcaGuard.UNMAP_UNPROTECTED_INVALIDATES);
            return RmiStatus.RMI_SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "RMI_RTT_UNMAP_UNPROTECTED";
        }
    }
}
