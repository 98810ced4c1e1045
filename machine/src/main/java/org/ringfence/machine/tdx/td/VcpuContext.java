package org.ringfence.machine.tdx.td;

import java.util.Arrays;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;

/**
 * What goes on inside a vCPU: which VM it runs, and its #VE information area.
 *
 * <p>A #VE fills the area, which TDG.VP.VEINFO.GET empties; another #VE before that is a double fault, from which no
 * guest comes back. Source: TDX module 1.5.01, tdg_vp_veinfo_get.c, td_exit.c (tdx_inject_ve), tdg_vp_enter.c.
 *
 * @param entersL2 whether a vCPU runs L2 VMs
 * @param hasVeInfo whether there is a #VE information area
 * @param l2Vms of the TD
 * @param vm 0 while L1 runs, an L2 VM while that does, and {@code l2Vms + 1} once L1 is back from one and has not
 *     noticed
 * @param ve 0 for no #VE, a page and 1 for one there, and one more than all of these after a double fault
 */
public record VcpuContext(boolean entersL2, boolean hasVeInfo, int l2Vms, int pages, Bounded vm, Bounded ve) {

    static VcpuContext declare(Declaration declaration, TdOptions options, int vcpus, int pages) {
        boolean entersL2 = options.has(TdxFeature.L2_ENTRY);
        boolean hasVeInfo = options.has(TdxFeature.VE_INFO);
        Table table = declaration.table("inside", "vCPU", vcpus);
        return new VcpuContext(
                entersL2,
                hasVeInfo,
                options.l2Vms(),
                pages,
                table.bounded("VM", entersL2 ? options.l2Vms() + 1 : 0, vms(options.l2Vms())),
                table.pageFrom("#VE", 1, hasVeInfo ? pages + 1 : 0, ValueNames.orNone("none", pages, "double fault")));
    }

    private static ValueNames vms(int l2Vms) {
        String[] names = new String[l2Vms + 2];
        Arrays.setAll(names, vm -> vm == 0 ? "L1" : vm <= l2Vms ? "L2 VM " + vm : "L1, back from an L2 VM");
        return ValueNames.of(names);
    }

    /** The vCPU is gone. */
    void forget(State state, int vcpu) {
        vm.set(state, vcpu, 0);
        ve.set(state, vcpu, 0);
    }

    /** Whether L1 runs. */
    public boolean isL1(State state, int vcpu) {
        return !entersL2 || vm.get(state, vcpu) == 0;
    }

    /** The L2 VM that runs; 0 for none. */
    public int l2(State state, int vcpu) {
        int now = vm.get(state, vcpu);
        return now <= l2Vms ? now : 0;
    }

    /** The L2 VM that runs, if any, exits to L1. */
    public void toL1(State state, int vcpu) {
        if (l2(state, vcpu) != 0) {
            vm.set(state, vcpu, l2Vms + 1);
        }
    }

    /** Whether a double fault has ended the vCPU. */
    boolean isDead(State state, int vcpu) {
        return hasVeInfo && ve.get(state, vcpu) == pages + 1;
    }

    /** A #VE at {@code page}; answers whether it is a double fault. */
    boolean raise(State state, int vcpu, int page) {
        if (!hasVeInfo) {
            return false;
        }
        boolean isSecond = ve.get(state, vcpu) != 0;
        ve.set(state, vcpu, isSecond ? pages + 1 : page + 1);
        return isSecond;
    }
}
