package org.ringfence.machine.tdx.td;

import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Fingerprint;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.Word;

/**
 * What a TD's control structure (TDCS) says of its life; its root page is the module's. A machine whose trust domains
 * begin RUNNABLE keeps none of it.
 *
 * <p>{@link #measured} is the running MRTD in symbols: a chain of what was measured, in its order. {@link Mrtd} makes
 * the digest of life from the bytes.
 *
 * @param kept whether the TD has a life
 * @param given what a TD without one has
 * @param vcpus initialized by TDH.VP.INIT
 * @param maxVcpus as TD_PARAMS say
 * @param l2Vms as TD_PARAMS say
 * @param veDisabled ATTRIBUTES.SEPT_VE_DISABLE of TD_PARAMS
 * @param debug ATTRIBUTES.DEBUG of TD_PARAMS
 */
public record Tdcs(
        boolean kept,
        TdOptions given,
        Enumerated<OpState> op,
        Bounded vcpus,
        Bounded maxVcpus,
        Bounded l2Vms,
        Flag veDisabled,
        Flag debug,
        Word measured) {

    /** What is measured. */
    public enum Measured {
        PAGE_ADD,
        MR_EXTEND
    }

    static Tdcs declare(Declaration declaration, boolean kept, int vcpus, TdOptions given) {
        Table table = declaration.table("TDCS", "TD", kept ? 1 : 0);
        return new Tdcs(
                kept,
                given,
                table.enumerated("OP_STATE", OpState.class, OpState.LAST_WITHOUT_MIGRATION),
                table.bounded("vCPUs", vcpus),
                table.bounded("MAX_VCPUS", 0xFFFF),
                table.bounded("NUM_L2_VMS", 3),
                table.flag("ATTRIBUTES.SEPT_VE_DISABLE"),
                table.flag("ATTRIBUTES.DEBUG"),
                table.word("MRTD"));
    }

    /** OP_STATE. */
    public OpState opState(State state) {
        return kept ? op.get(state) : OpState.RUNNABLE;
    }

    /** How many L2 VMs the TD has, of those that the machine keeps. */
    int l2Vms(State state) {
        return kept ? Math.min(l2Vms.get(state), given.l2Vms()) : given.l2Vms();
    }

    /** Whether an access to a pending page leaves for the host, and raises no #VE. */
    public boolean isVeDisabled(State state) {
        return kept ? veDisabled.get(state, 0) : given.has(TdxFeature.SEPT_VE_DISABLE);
    }

    /** Whether the host may look into the TD. */
    public boolean isDebug(State state) {
        return kept && debug.get(state, 0);
    }

    /** TDH.MNG.INIT has found nothing wrong. */
    public void initialize(State state, TdParams params) {
        maxVcpus.set(state, params.maxVcpus());
        l2Vms.set(state, params.numL2Vms());
        veDisabled.set(state, 0, (params.attributes() & TdParams.SEPT_VE_DISABLE) != 0);
        debug.set(state, 0, (params.attributes() & TdParams.DEBUG) != 0);
        op.set(state, OpState.INITIALIZED);
    }

    /** Something is measured. */
    public void measure(State state, Measured what, long gpa, int contents) {
        if (kept) {
            long link = Fingerprint.combine(measured.get(state), gpa << 1 | what.ordinal());
            measured.set(state, Fingerprint.combine(link, contents));
        }
    }

    /** The TDCS is gone. */
    void forget(State state) {
        op.set(state, OpState.UNINITIALIZED);
        vcpus.set(state, 0);
        maxVcpus.set(state, 0);
        l2Vms.set(state, 0);
        veDisabled.set(state, 0, false);
        debug.set(state, 0, false);
        measured.set(state, 0);
    }
}
