package org.ringfence.machine.tdx.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.PamtPages;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * With dynamic PAMT each page of 4K in use has an entry, in a page that is used for nothing else and lies where TDs
 * could have it; each 2M has both pages of a pair or none, and none where it is one page.
 */
public record PamtPagesAreKept(TdxModule module) implements Invariant {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State state) {
        if (!module.pamt().dynamic().isEnabled(state)) {
            return 0;
        }
        return hurtFrame(state) < 0 ? Property.ACCOUNTING.exercised() : Property.ACCOUNTING.broken();
    }

    /** The first frame that is not as it should be; -1 where none is. */
    private int hurtFrame(State state) {
        for (int frame = 0; frame < module.map().geometry().frames(); frame++) {
            if (isHurt(state, frame)) {
                return frame;
            }
        }
        return -1;
    }

    private boolean isHurt(State state, int frame) {
        PamtPages pages = module.pamt().dynamic();
        PageSize size = module.pamt().size(state, frame);
        PageType type = module.pamt().type(state, frame, size);
        boolean isUsed = type != PageType.PT_NDA && type != PageType.PT_RSVD;
        boolean isSmall = size == PageSize.PT_4KB;
        boolean hasPair = pages.has(state, frame);
        boolean isWhole = hasPair == (pages.page(state, frame, true) >= 0);
        boolean isAlone = !isUsed && type != PageType.PT_RSVD && module.pamt().covers(state, module.map().hpa(frame));
        return !isWhole
                || isUsed && hasPair != isSmall
                || pages.isPamt(state, frame) && !(isAlone && isTold(state, frame));
    }

    /** Whether the 2M of which the page holds PAMT has it for that, and no other beside it. */
    private boolean isTold(State state, int page) {
        PamtPages pages = module.pamt().dynamic();
        int head = pages.tells().get(state, page);
        return pages.page(state, head, pages.second().get(state, page)) == page;
    }

    @Override
    public String hurt(State state) {
        return "frame %d is in use without an entry of PAMT, or holds PAMT and is in use"
                .formatted(hurtFrame(state));
    }
}
