package org.ringfence.machine.pkvm.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.pkvm.Pkvm;
import org.ringfence.machine.pkvm.PkvmPageState;
import org.ringfence.machine.state.State;

/**
 * Each page has one owner, and what host, hypervisor and guests hold of it agrees: what one owns alone nobody else has,
 * what one shares others borrow, as many of them as are counted; what is pinned is shared with the hypervisor; and the
 * hypervisor owns what is in its pool and its tables.
 */
public record OwnersAgree(Pkvm pkvm) implements Invariant {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State state) {
        return hurt(state).isEmpty() ? Property.ACCOUNTING.exercised() : Property.ACCOUNTING.broken();
    }

    @Override
    public String hurt(State state) {
        int hypervisors = 0;
        for (int frame = 0; frame < pkvm.geometry().frames(); frame++) {
            hypervisors += pkvm.hyp().is(state, frame, PkvmPageState.OWNED) ? 1 : 0;
            if (!isRight(state, frame)) {
                return "frame %d, which is %s to the host and %s to the hypervisor"
                        .formatted(frame, pkvm.host().get(state, frame), pkvm.hyp().get(state, frame));
            }
        }
        int tables = 0;
        for (int page = 0; page < pkvm.geometry().pages(); page++) {
            tables += pkvm.table().get(state, page) ? 1 : 0;
            if (pkvm.page().get(state, page) == PkvmPageState.SHARED_BORROWED) {
                return "a page that the protected guest borrows";
            }
        }
        return hypervisors == tables + pkvm.pool().get(state) ? "" : "the pool of page-table pages";
    }

    private boolean isRight(State state, int frame) {
        int owned = 0;
        int shared = 0;
        int borrowed = 0;
        for (int page = 0; page < pkvm.geometry().pages(); page++) {
            if (pkvm.frame().get(state, page) == frame) {
                owned += pkvm.page().is(state, page, PkvmPageState.OWNED) ? 1 : 0;
                shared += pkvm.page().is(state, page, PkvmPageState.SHARED_OWNED) ? 1 : 0;
            }
            borrowed += pkvm.borrowed().get(state, page) == frame ? 1 : 0;
        }
        PkvmPageState hyp = pkvm.hyp().get(state, frame);
        boolean hypShares = hyp == PkvmPageState.SHARED_BORROWED;
        boolean pin = !pkvm.pinned().get(state, frame) || hypShares;
        boolean host = switch (pkvm.host().get(state, frame)) {
            case OWNED -> hyp == PkvmPageState.NOPAGE && owned + shared + borrowed == 0;
            case SHARED_OWNED -> owned + shared == 0 && (hypShares ? borrowed == 0 : borrowed > 0);
            case SHARED_BORROWED -> shared == 1 && owned == 0 && borrowed == 0 && hyp == PkvmPageState.NOPAGE;
            case NOPAGE -> shared == 0 && borrowed == 0 && owned + (hyp == PkvmPageState.OWNED ? 1 : 0) == 1;
            case POISON -> false;
        };
        return host && pin && pkvm.shares().get(state, frame) == borrowed;
    }
}
