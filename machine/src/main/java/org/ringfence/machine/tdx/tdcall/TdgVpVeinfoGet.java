package org.ringfence.machine.tdx.tdcall;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDG.VP.VEINFO.GET, TDCALL leaf 3: tells a #VE handler why it was raised, and makes room for the next: RCX 48, an EPT
 * violation, and R9 the guest physical address. Without a #VE all outputs are zero. Of the processor's own
 * qualification nothing is kept. Source: TDX module 1.5.01, tdg_vp_veinfo_get.c.
 *
 * @param geometry of the machine, so that the results are known
 */
public record TdgVpVeinfoGet(Geometry geometry) implements ModuleCall<TdgVpVeinfoGet.Info> {
    private static final int EPT_VIOLATION = 48;

    /**
     * What TDG.VP.VEINFO.GET answers.
     *
     * @param valid whether there was a #VE
     * @param gpa where, 4K aligned
     */
    public record Info(boolean valid, long gpa) {
        @Override
        public String toString() {
            return valid ? "EPT violation at GPA 0x%X".formatted(gpa) : TdxStatus.TDX_NO_VALID_VE_INFO.toString();
        }
    }

    @Override
    public Results<Info> results() {
        List<Info> all = new ArrayList<>();
        for (int page = 0; page < geometry.pages(); page++) {
            all.add(new Info(true, geometry.gpa(page)));
        }
        all.add(new Info(false, 0));
        return new Results.Listed<>(all);
    }

    @Override
    public long rax(long code) {
        return code < geometry.pages() ? 0 : TdxStatus.TDX_NO_VALID_VE_INFO.rax(0);
    }

    @Override
    public Leaf leaf(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, actor);
        tdx.requireL1(actor, this);
        if (!tdx.inside().hasVeInfo()) {
            throw new IllegalStateException("the machine keeps no #VE information: it lacks the feature VE_INFO");
        }
        int vcpu = tdx.vcpus().of(actor);
        return (state, outputs) -> {
            if (!tdx.runs(state, actor)) {
                return Outcome.WAITS;
            }
            int at = tdx.inside().ve().get(state, vcpu);
            int page = at - 1;
            if (at == 0) {
                return geometry.pages();
            }
            tdx.inside().ve().set(state, vcpu, 0);
            outputs.rcx(EPT_VIOLATION);
            outputs.r9(geometry.gpa(page));
            return page;
        };
    }

    @Override
    public String mnemonic() {
        return "TDG.VP.VEINFO.GET";
    }
}
