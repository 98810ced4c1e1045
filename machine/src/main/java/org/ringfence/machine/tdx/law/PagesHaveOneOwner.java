package org.ringfence.machine.tdx.law;

import java.util.List;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.LifecycleState;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.TdControl;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * The PAMT and the TDs' root pages agree: a page that is PT_TDR is the root of one TD, any other in use is of a TD that
 * has a root, and each TD's CHLDCNT and number of pages of control structures are those of its pages. What is in use
 * lies in memory with PAMT, and not where a reserved area or a PAMT is.
 */
public record PagesHaveOneOwner(TdxModule module, List<TdControl> controls) implements Invariant {
    public PagesHaveOneOwner {
        controls = List.copyOf(controls);
    }

    /** Of the module of a machine. */
    public static PagesHaveOneOwner of(Machine machine) {
        return new PagesHaveOneOwner(machine.part(TdxModule.class), TdControl.of(machine));
    }

    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State state) {
        return hurtFrame(state) >= 0 || !areCountsRight(state)
                ? Property.ACCOUNTING.broken()
                : Property.ACCOUNTING.exercised();
    }

    /** The first frame that is not as it should be; -1 where none is. */
    private int hurtFrame(State state) {
        for (int frame = 0; frame < module.map().geometry().frames(); frame++) {
            PageType type = type(state, frame);
            boolean good =
                    switch (type) {
                        case PT_NDA, PT_RSVD -> true;
                        case PT_TDR -> isTdPage(state, frame) && module.td(state, frame) != Tdr.NONE;
                        case PT_TDCX, PT_TDVPR, PT_REG, PT_EPT -> {
                            int root = owner(state, frame);
                            yield isTdPage(state, frame) && root != FrameRef.NONE && module.td(state, root) != Tdr.NONE;
                        }
                    };
            if (!good) {
                return frame;
            }
        }
        return -1;
    }

    private PageType type(State state, int frame) {
        return module.pamt().type(state, frame, module.pamt().size(state, frame));
    }

    private int owner(State state, int frame) {
        return module.pamt().owner(state, frame, module.pamt().size(state, frame));
    }

    /** Whether a TD may have this page. */
    private boolean isTdPage(State state, int frame) {
        long hpa = module.map().hpa(frame);
        int tdmr = module.tdmrs().covering(state, hpa);
        return tdmr >= 0 && !isReserved(state, tdmr, hpa);
    }

    private boolean isReserved(State state, int tdmr, long hpa) {
        for (int j = 0; j < module.tdmrs().areas().get(state, tdmr); j++) {
            long into = hpa - module.tdmrs().reservedStart(state, tdmr, j);
            if (into >= 0 && into < module.tdmrs().reservedSize(state, tdmr, j)) {
                return true;
            }
        }
        return false;
    }

    private boolean areCountsRight(State state) {
        int frames = module.map().geometry().frames();
        for (int td = 0; td < module.options().tds(); td++) {
            int root = module.tdr().frame().get(state, td);
            if (root == FrameRef.NONE) {
                continue;
            }
            int children = 0;
            int tdcx = 0;
            for (int frame = 0; frame < frames; frame++) {
                PageType type = type(state, frame);
                boolean isChild = type != PageType.PT_NDA
                        && type != PageType.PT_RSVD
                        && type != PageType.PT_TDR
                        && owner(state, frame) == root;
                children += isChild ? 1 : 0;
                tdcx += isChild && type == PageType.PT_TDCX ? 1 : 0;
            }
            boolean isOne = module.td(state, root) == td
                    && type(state, root) == PageType.PT_TDR;
            boolean isWhole = !module.tdr().lifecycle().is(state, td, LifecycleState.TD_KEYS_CONFIGURED)
                    || tdcx == module.tdr().tdcx().get(state, td) + ofVcpus(state, td);
            if (!isOne || !isWhole || children != module.tdr().children().get(state, td)) {
                return false;
            }
        }
        return true;
    }

    /** Pages of the TD's TDVPSs that are no TDVPR. */
    private int ofVcpus(State state, int td) {
        return controls.isEmpty() ? 0 : controls.get(td).vcpuPages(state);
    }

    @Override
    public String hurt(State state) {
        int frame = hurtFrame(state);
        return frame < 0
                ? "a TD's root page, CHLDCNT or TDCS pages are not what the PAMT tells"
                : "frame %d is %s of nobody, or lies where no TD may have a page"
                        .formatted(frame, type(state, frame));
    }
}
