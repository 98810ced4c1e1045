package org.ringfence.platform.life;

import java.util.List;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.td.FreePage;
import org.ringfence.machine.tdx.td.TdExitReason;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;

/**
 * How a TD gets its pages, one after the other: what a life does most often. These are the leaves that operations
 * perform, without an operation for each. What TDH.MEM.PAGE.AUG and TDH.VP.ENTER check of the module, the TD and its
 * vCPU before they look at a page is checked again only when anything else has happened meanwhile: neither they nor
 * TDG.MEM.PAGE.ACCEPT change that.
 */
final class TdxPages {
    private static final int NOBODY = -1;

    private final Tdx tdx;
    private final int lp;
    private final List<TdgMemPageAccept.Any> accepts;
    private final List<TdhVpEnter.Bound> enters;
    private final TdhMemPageAug.Bound aug;
    private final boolean large;
    private final HostFrames frames;
    private final PageTallies tallies;
    /** The vCPU for which all that has been checked. */
    private int admitted = NOBODY;

    /**
     * For these vCPUs, each on the logical processor of its number.
     *
     * @param lp the logical processor from which the host gives pages
     * @param large whether it gives 2M pages where it is asked for them
     */
    TdxPages(Tdx tdx, List<TdgMemPageAccept.Any> accepts, int lp, boolean large, HostFrames frames, LifeWatch watch) {
        this.tdx = tdx;
        this.lp = lp;
        this.accepts = List.copyOf(accepts);
        this.enters = accepts.stream().map(accept -> TdhVpEnter.bind(tdx, accept.vcpu())).toList();
        this.aug = new TdhMemPageAug(0, 0, FreePage.NONE).bindAny(tdx, lp);
        this.large = large;
        this.frames = frames;
        this.tallies = PageTallies.of(watch);
    }

    /** Something else happens. */
    void forget() {
        admitted = NOBODY;
    }

    /**
     * The vCPU accepts the page of {@code level} that begins with {@code page}. An exit for which the host needs
     * nothing but a frame is served; with any other the vCPU is left where it is.
     *
     * @return the code of TDG.MEM.PAGE.ACCEPT's result
     */
    long accept(State state, int vcpu, int page, int level) {
        TdgMemPageAccept.Any accept = accepts.get(vcpu);
        long outcome = accept.take(state, page, level);
        while (outcome == Outcome.EXITS && suits(state, vcpu, page, level)) {
            tallies.countAccept(OperationSize.NONE);
            serve(state, vcpu, page, level);
            outcome = accept.take(state, page, level);
        }
        tallies.countAccept(outcome == 0 ? OperationSize.level(level) : OperationSize.NONE);
        return outcome;
    }

    private int given(int level) {
        return large ? level : 0;
    }

    private boolean suits(State state, int vcpu, int page, int level) {
        Sept sept = tdx.sept();
        return tdx.vcpus().exitReason(state, vcpu) == TdExitReason.ACCEPT_EPT_VIOLATION
                && sept.reached(state, page, given(level)) == given(level)
                && sept.state(state, page, given(level)) == SeptState.FREE;
    }

    private void serve(State state, int vcpu, int page, int level) {
        tallies.countExit();
        if (admitted != vcpu) {
            admit(state, vcpu);
        }
        augment(state, page, given(level));
        long entered = enters.get(vcpu).takeAdmitted(state, vcpu);
        tallies.countEnter();
        if (entered != 0) {
            throw new IllegalStateException("TDH.VP.ENTER of vCPU %d ends with code %d".formatted(vcpu, entered));
        }
    }

    private void augment(State state, int page, int level) {
        int frame = level == 0 ? frames.lendSmall() : frames.lendLarge();
        Ending ending = aug.augment(state, page, level, frame, Outputs.NONE);
        tallies.countAugment(OperationSize.level(level));
        if (ending != TdhMemPageAug.Result.TDX_SUCCESS) {
            throw new IllegalStateException("TDH.MEM.PAGE.AUG of page %d ends with %s".formatted(page, ending));
        }
    }

    private void admit(State state, int vcpu) {
        expect(tdx.root().dispatch(state, lp));
        expect(aug.admit(state));
        expect(tdx.root().dispatch(state, vcpu));
        expect(enters.get(vcpu).admit(state, vcpu));
        admitted = vcpu;
    }

    private static void expect(Ending ending) {
        if (ending != TdxStatus.TDX_SUCCESS) {
            throw new IllegalStateException("a leaf on a TD that runs ends with " + ending);
        }
    }
}
