package org.ringfence.machine.tdx.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * What a logical CPU that runs a vCPU may use of private translations leads to a frame that the Secure EPT holds for
 * that very page, blocked or not: so no frame that is given back is reached any more, and no page has two live
 * translations. What a CPU keeps while its vCPU is with the host counts from the next TDH.VP.ENTER on, which flushes
 * where it must.
 */
public record TranslationsAgree(Tdx tdx) implements Invariant {
    @Override
    public Property property() {
        return Property.INJECTIVITY;
    }

    @Override
    public long judge(State state) {
        if (!tdx.translations().tlbs().present()) {
            return 0;
        }
        long marks = 0;
        for (int vcpu = 0; vcpu < tdx.vcpus().count(); vcpu++) {
            int cpu = tdx.vps().cpu(state, vcpu);
            // Without the lock of its TDVPR a vCPU can lose its logical CPU while it is inside.
            if (cpu >= 0 && !tdx.vcpus().isWithHost(state, tdx.vcpus().first() + vcpu)) {
                marks |= judge(state, cpu);
            }
        }
        return marks;
    }

    private long judge(State state, int cpu) {
        long marks = 0;
        for (int vm = 0; vm <= tdx.translations().vms(); vm++) {
            for (int page = 0; page < tdx.geometry().pages(); page++) {
                int kept = tdx.translations().tlbs().frame(state, cpu, vm, page);
                if (kept >= 0) {
                    marks |= holds(state, page, kept)
                            ? Property.INJECTIVITY.exercised()
                            : Property.INJECTIVITY.broken();
                }
            }
        }
        return marks;
    }

    private boolean holds(State state, int page, int frame) {
        Sept sept = tdx.sept();
        for (int level = 0; level < sept.options().kept(); level++) {
            SeptTable table = sept.table(level);
            int index = sept.index(page, level);
            if (table.state().get(state, index).isLeaf()
                    && table.frame().get(state, index) + page % table.span() == frame) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String hurt(State state) {
        return "a logical CPU uses a translation to a frame that is not the page's any more";
    }
}
